import { Type, type Static } from 'typebox';
import { Network, Port, Resources, Template, Volume } from '../files/containers-file.ts';
import { Name, Uuid } from '../names.ts';

const closed = { additionalProperties: false };

/** A template as people write it: what has a default may be left out. */
export const WrittenTemplate = Type.Object(
  {
    ...Type.Partial(Template).properties,
    image: Template.properties.image,
    resources: Type.Optional(Type.Partial(Resources, closed)),
    volumes: Type.Optional(
      Type.Array(
        Type.Object(
          {
            ...Type.Partial(Volume).properties,
            name: Volume.properties.name,
            target: Volume.properties.target,
          },
          closed,
        ),
        { maxItems: 32 },
      ),
    ),
    network: Type.Optional(
      Type.Object(
        {
          ...Type.Partial(Network).properties,
          ports: Type.Optional(
            Type.Array(
              Type.Object(
                {
                  ...Type.Partial(Port).properties,
                  container: Port.properties.container,
                },
                closed,
              ),
              { maxItems: 64 },
            ),
          ),
        },
        closed,
      ),
    ),
  },
  { ...closed, description: 'As in `containers.yaml`: what has a default may be left out.' },
);
export type WrittenTemplate = Static<typeof WrittenTemplate>;

/** A template as admins see it, with its defaults filled in. */
export const AdminTemplate = Type.Object(
  {
    name: Name,
    template: Template,
    users: Type.Integer({
      description: 'How many may start it; who they are: `GET /admin/users?template=`.',
    }),
    revision: Type.String({ description: 'Names what the file says of it; it is the ETag too.' }),
  },
  closed,
);
export type AdminTemplate = Static<typeof AdminTemplate>;

/** Answer of `GET /admin/templates`, by name. */
export const AdminTemplateList = Type.Object({ templates: Type.Array(AdminTemplate) }, closed);
export type AdminTemplateList = Static<typeof AdminTemplateList>;

/** Body of `POST /admin/templates`. */
export const NewTemplate = Type.Object({ name: Name, template: WrittenTemplate }, closed);
export type NewTemplate = Static<typeof NewTemplate>;

/** Query of `DELETE /admin/templates/{name}`. */
export const TemplateRemoval = Type.Object(
  {
    force: Type.Optional(
      Type.Boolean({
        description:
          'Take it from every user too, with their overrides of it, also where their own file closes their container access.',
      }),
    ),
  },
  closed,
);
export type TemplateRemoval = Static<typeof TemplateRemoval>;

/** Answer of `DELETE /admin/templates/{name}`. */
export const RemovedTemplate = Type.Object(
  { name: Name, taken_from: Type.Array(Name, { description: 'Users that referred to it.' }) },
  closed,
);
export type RemovedTemplate = Static<typeof RemovedTemplate>;

/** Body of `POST /admin/templates/{name}/assign` and `…/unassign`. */
export const TemplateUsers = Type.Object(
  { users: Type.Array(Uuid, { minItems: 1, maxItems: 1000, uniqueItems: true }) },
  closed,
);
export type TemplateUsers = Static<typeof TemplateUsers>;
