// Loaded before all else (`node --require`), in syntax that old versions of Node understand: npm
// falls back on the machine's own Node, without a word, where it was not allowed to install ours.
'use strict';

const wanted = 26;

if (Number.parseInt(process.versions.node, 10) < wanted) {
  process.stderr.write(
    `Berth needs Node ${wanted}, and this is ${process.versions.node}.\n` +
      'Run ./scripts/start, which installs it into the checkout, and then use `npm run …`.\n',
  );
  process.exit(1);
}
