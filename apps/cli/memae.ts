// Runs the command line from a checkout, without a build: `pnpm memae …`. The package manager starts
// scripts in the root folder; the folder that the user is in comes as INIT_CWD.

process.chdir(process.env['INIT_CWD'] ?? '.');
await import('./src/main.ts');
