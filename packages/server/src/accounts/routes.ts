import { EnrolmentRequest, EnrolmentView, Uuid } from '@berth/contract';
import { Type } from 'typebox';
import type { App } from '../http/app.ts';
import type { Enrolment } from './enrolment.ts';

export function enrolmentRoutes(app: App, enrolment: Pick<Enrolment, 'ask' | 'view'>): void {
  app.post(
    '/enroll',
    {
      config: { access: 'anyone', limit: 'enrol' },
      schema: {
        tags: ['enrolment'],
        summary: 'Ask to be let in, or redeem an invite',
        body: EnrolmentRequest,
        response: { 201: EnrolmentView },
      },
    },
    async (request, reply) => reply.status(201).send(await enrolment.ask(request.body)),
  );
  app.get(
    '/enroll/:id',
    {
      config: { access: 'anyone' },
      schema: {
        tags: ['enrolment'],
        summary: 'How a request to be let in stands',
        params: Type.Object({ id: Uuid }),
        response: { 200: EnrolmentView },
      },
    },
    (request) => enrolment.view(request.params.id),
  );
}
