using Tessera.Architectures;
using Tessera.Gguf;
using Tessera.Pipeline.Guards;
using Tessera.Plugins;
using Tessera.Quantization;
using Tessera.Tokenization;

namespace Tessera.Pipeline;

/// <summary>Finds the plugins that a model's file asks for. What is missing is an error that names the file and what there is.</summary>
internal sealed class ModelParts(PluginCatalog plugins)
{
    public PluginPart<IArchitecture> FindArchitecture(IGgufMetadata metadata)
    {
        string name = metadata.GetString("general.architecture");
        return plugins.TryGetArchitecture(name, out PluginPart<IArchitecture>? architecture)
            ? architecture
            : throw new MissingPluginException(
                $"{metadata.Source}: no plugin serves the architecture '{name}'; {Known("architectures", plugins.Architectures.Select(p => p.Export))}.");
    }

    /// <param name="metadata">The model's metadata.</param>
    /// <param name="name">The tokenizer to use in place of what the file names, or null.</param>
    public PluginPart<ITokenizerFactory> FindTokenizer(IGgufMetadata metadata, string? name)
    {
        name ??= metadata.GetString("tokenizer.ggml.model");
        return plugins.TryGetTokenizer(name, out PluginPart<ITokenizerFactory>? factory)
            ? factory
            : throw new MissingPluginException(
                $"{metadata.Source}: no plugin serves the tokenizer '{name}'; {Known("tokenizers", plugins.Tokenizers.Select(p => p.Export))}.");
    }

    public GuardedFormat FindFormat(GgufTensor tensor) =>
        plugins.TryGetQuantFormat(tensor.Type, out PluginPart<IQuantFormat>? format)
            ? new GuardedFormat(format)
            : throw new MissingPluginException(
                $"{tensor.File.Name}: tensor '{tensor.Name}': no plugin serves the quantization format {tensor.Type} (type {(uint)tensor.Type}); {Known("formats", plugins.QuantFormats.Select(p => p.Export))}.");

    /// <summary>Checks that the tensors of all formats that are served fit the file.</summary>
    public void CheckTensors(GgufModelFile file)
    {
        foreach (GgufFile part in file.Parts)
        {
            part.CheckTensors(type => plugins.TryGetQuantFormat(type, out PluginPart<IQuantFormat>? format) ? new GuardedFormat(format).Block : null);
        }
    }

    private static string Known(string what, IEnumerable<PluginExport> exports)
    {
        string[] keys = [.. exports.Select(e => e.Key).Distinct().Order(StringComparer.Ordinal)];
        return keys.Length == 0
            ? $"no {what} were found at all, 'tessera plugins' shows where they are sought"
            : $"the {what} that are served: {string.Join(", ", keys)}";
    }
}
