using Tessera.Fuzz.Corpus;
using Tessera.Gguf;
using Tessera.Plugins;
using Tessera.Quantization;
using Tessera.Tokenization;

namespace Tessera.Fuzz.Targets;

/// <summary>The header of a GGUF file, with every value and tensor looked at.</summary>
internal sealed class ParseTarget : ModelTarget
{
    public override string Name => "parse";

    public override long FixedBytes => 512 << 10;

    public override void Run(string path)
    {
        using GgufModelFile file = GgufModelFile.Open(path);
        foreach (GgufFile part in file.Parts)
        {
            part.CheckTensors(type => EngineUnderTest.Plugins.TryGetQuantFormat(type, out PluginPart<IQuantFormat>? format) ? format.Value.Block : null);
        }

        foreach (GgufTensor tensor in file.Tensors.Values)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(tensor.Elements);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(tensor.Offset, tensor.File.Length);
        }

        foreach (string key in file.Metadata.Keys)
        {
            Decode(file.Metadata, key);
        }

        Vocabulary.Read(file.Metadata, new SpecialTokens());
    }

    /// <summary>Reads a value by the getter that suits it; none suits nested arrays.</summary>
    private static object? Decode(IGgufMetadata metadata, string key) =>
        (metadata.TryGetValue(key, out GgufValue? value), value?.Type, value?.ElementType) switch
        {
            (true, GgufValueType.String, _) => metadata.GetString(key, null),
            (true, GgufValueType.Float32 or GgufValueType.Float64, _) => metadata.GetSingle(key, 0),
            (true, GgufValueType.Bool, _) => metadata.GetBoolean(key, false),
            (true, GgufValueType.Array, GgufValueType.Array) => null,
            (true, GgufValueType.Array, GgufValueType.String) => metadata.GetUtf8Strings(key)?.Count,
            (true, GgufValueType.Array, GgufValueType.Float32 or GgufValueType.Float64) => metadata.GetFloats(key),
            (true, GgufValueType.Array, _) => metadata.GetIntegers(key),
            (true, _, _) => metadata.GetInt64(key, 0),
            _ => null,
        };
}
