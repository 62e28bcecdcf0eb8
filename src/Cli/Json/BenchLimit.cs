namespace Tessera.Cli.Json;

/// <summary>A limit of the machine as it was measured in turns with a test: bytes or multiply-adds per second of all threads, and the test's share.</summary>
internal sealed record BenchLimit(string Name, double AvgPerSecond, double StddevPerSecond, IReadOnlyList<double> SamplesPerSecond, double Share);
