/** The configuration file that is looked for in the working folder. */
export const configFileName = 'indistinct.config.json'
