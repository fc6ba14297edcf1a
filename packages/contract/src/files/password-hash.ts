import { Type } from 'typebox';
import { Form } from '../form.ts';

/**
 * What is stored of a password. Berth makes PBKDF2-HMAC-SHA256, as a PHC string, and takes bcrypt’s
 * from elsewhere (`htpasswd` and PHP write `$2y$`). Only the shape is looked at here, so that a hash
 * that was cut off is found when the file is checked, not when its user cannot log in.
 */
export const PasswordHash = Form(
  '^(\\$pbkdf2-sha256\\$i=[0-9]+,l=[0-9]+\\$[A-Za-z0-9+/]+\\$[A-Za-z0-9+/]+|\\$2[aby]\\$[0-9]{2}\\$[./A-Za-z0-9]{53})$',
  'a whole hash: $pbkdf2-sha256$i=ROUNDS,l=32$SALT$KEY, or one of bcrypt ($2b$, $2y$, $2a$)',
);

/** Who set a password for somebody else knows it, and so does every screen and mail it passed through. */
export const ChangePassword = Type.Boolean({
  description: 'The next login has to set another password before it may do anything else.',
});
