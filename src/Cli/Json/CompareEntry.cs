using System.Text.Json.Serialization;

namespace Tessera.Cli.Json;

/// <summary>A node of <c>compare --json</c>; null is what one of the two does not tell.</summary>
[JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals)]
internal sealed record CompareEntry(string Name, int Compared, double? Nmse, double? Cosine, double? L2Error, double? SumError, double Error, bool Beyond);
