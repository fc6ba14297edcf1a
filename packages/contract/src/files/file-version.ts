import { Type } from 'typebox';

export const FileVersion = Type.Literal(1, { description: 'Version of the file’s format.' });
