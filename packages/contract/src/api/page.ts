import { Type, type Static } from 'typebox';
import { Form } from '../form.ts';

/** The part of a query that says which page of a list is wanted. */
export const PAGE_QUERY = {
  limit: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 1000, description: 'How many; 100 if it is not said.' }),
  ),
  after: Type.Optional(
    Form('^[A-Za-z0-9_-]{1,256}$', '`next` of the page before', {
      description: '`next` of the page before.',
    }),
  ),
};

/** The part of an answer that says which page of a list it is. */
export const PAGE_KEYS = {
  total: Type.Integer({ description: 'How many there are, on all pages.' }),
  next: Type.Union([Type.String(), Type.Null()], {
    description: 'What to give as `after` for the next page; null behind the last one.',
  }),
};

const PageQuery = Type.Object(PAGE_QUERY);
export type PageQuery = Static<typeof PageQuery>;
