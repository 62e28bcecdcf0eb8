using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Tessera.Workbench.Verification;

namespace Tessera.Cli.Json;

/// <summary>The JSON that the command line writes: snake case, text as it is.</summary>
[JsonSerializable(typeof(RunResult))]
[JsonSerializable(typeof(TokenizeResult))]
[JsonSerializable(typeof(PluginsResult))]
[JsonSerializable(typeof(InspectResult))]
[JsonSerializable(typeof(BenchResult))]
[JsonSerializable(typeof(ExplainResult))]
[JsonSerializable(typeof(PerplexityResult))]
[JsonSerializable(typeof(ModelVerification))]
[JsonSerializable(typeof(TraceResult))]
[JsonSerializable(typeof(CompareResult))]
[JsonSerializable(typeof(CompareTokensResult))]
[JsonSerializable(typeof(QuantizeResult))]
internal sealed partial class CliJson : JsonSerializerContext
{
    private static readonly CliJson Readable = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });

    public static string Serialize<T>(T value) => JsonSerializer.Serialize(value, (JsonTypeInfo<T>)Readable.GetTypeInfo(typeof(T))!);
}
