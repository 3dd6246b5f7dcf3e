/** The one importer of commander. */
export { Argument, Command, CommanderError, Option } from 'commander';
