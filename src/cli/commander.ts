/** The one importer of commander. */
export { Argument, Command, CommanderError, InvalidArgumentError, Option } from 'commander';
