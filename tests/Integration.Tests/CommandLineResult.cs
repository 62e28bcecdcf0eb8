namespace Tessera.Integration.Tests;

internal sealed record CommandLineResult(int ExitCode, string Output, string Error);
