/**
 * How each file that we write begins: for editors with where its schema is, which they look for in a
 * comment at the head, and for people with what it is.
 */
export const FILE_HEADERS = {
  main: `\
# yaml-language-server: $schema=schema/main.json
# main.yaml: the server's own settings. A key that is left out has its default.
# berthd takes up a change by itself; after server, engine, state or logging it
# wants a restart. What is wrong with any file: berthd check
`,
  containers: `\
# yaml-language-server: $schema=schema/containers.json
# containers.yaml: the templates, which are what people may start.
# Who may start which: users.yaml, and users/<uuid>.yaml.
`,
  users: `\
# yaml-language-server: $schema=schema/users.json
# users.yaml: the people, by UUID. \`berthd user\` and \`berthd enroll\` add them.
# A user may start the templates listed in \`containers\`; an empty list means none.
# What is particular to one user: users/<uuid>.yaml. How: users/README.md
`,
  user: `\
# yaml-language-server: $schema=../schema/user.json
# What is particular to the user whose UUID this file is named after.
`,
};
