/** The version of both programs. The root package.json says the same, which a test makes sure of. */
export const VERSION = '0.1.0';
