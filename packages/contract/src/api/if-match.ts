import { Type } from 'typebox';
import { Form } from '../form.ts';

/** Headers of a request that changes what somebody has looked at before. */
export const IfMatch = Type.Object({
  'if-match': Type.Optional(
    Form('^("[0-9a-f]{16}"|\\*)$', 'the ETag of what was looked at, with its quotes, or *', {
      description:
        'The ETag of what was looked at: where it is another by now, nothing is changed, and the answer is 412.',
    }),
  ),
});
