using Tessera.Architectures;
using Tessera.Catalog;
using Tessera.Gguf;
using Tessera.Guards;
using Tessera.Plugins;
using Tessera.Quantization;
using Tessera.Tokenization;

namespace Tessera.Loading;

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

    /// <summary>Whether a choice of tokenizer is a file: it names no tokenizer that is served, and the file is there.</summary>
    public bool IsTokenizerFile(string tokenizer) => !plugins.TryGetTokenizer(tokenizer, out _) && File.Exists(tokenizer);

    /// <summary>The tokenizer plugin that reads a file; one that was chosen goes before the others.</summary>
    /// <exception cref="MissingPluginException">None does.</exception>
    /// <exception cref="PluginConflictException">Several do.</exception>
    public PluginPart<ITokenizerFactory> FindReader(string path, ReadOnlyMemory<byte> content)
    {
        var readers = new List<PluginPart<ITokenizerFactory>>();
        var failures = new List<TesseraException>();
        foreach (PluginPart<ITokenizerFactory> part in plugins.Tokenizers)
        {
            try
            {
                if (part.Value is ITokenizerFileReader reader && reader.Recognizes(content))
                {
                    readers.Add(part);
                }
            }
            catch (TesseraException e)
            {
                // Another may read it. Where none does, this is why.
                failures.Add(e);
            }
        }

        List<PluginPart<ITokenizerFactory>> chosen = [.. readers.Where(part => part.IsChosen)];
        return (chosen.Count > 0 ? chosen : readers) switch
        {
            [] when failures.Count > 0 => throw failures[0],
            [] => throw new MissingPluginException(
                $"{path}: no plugin reads this tokenizer file; {Known("tokenizers", plugins.Tokenizers.Select(p => p.Export))}."),
            [var only] => only,
            var several => throw new PluginConflictException(
                $"{path}: {several.Count} plugins read this tokenizer file: "
                + $"{string.Join(" and ", several.Select(part => $"{part.Plugin.Name} ('{part.Plugin.Folder}')"))}. "
                + $"Choose one: {string.Join(" or ", several.Select(part => new PluginUse(part.Names[0], part.Plugin.Name)))}."),
        };
    }

    public GuardedFormat FindFormat(GgufTensor tensor) =>
        plugins.TryGetQuantFormat(tensor.Type, out PluginPart<IQuantFormat>? format)
            ? (GuardedFormat)format.Value
            : throw new MissingPluginException(
                $"{tensor.File.Name}: tensor '{tensor.Name}': no plugin serves the quantization format {tensor.Type} (type {(uint)tensor.Type}); "
                + $"{Known("formats", plugins.QuantFormats.Select(p => p.Export))}.");

    /// <summary>What writes a tensor in another format.</summary>
    /// <exception cref="MissingPluginException">No plugin serves the format, or its plugin only reads it.</exception>
    public GuardedQuantizer FindQuantizer(GgufTensor tensor, GgmlType type)
    {
        if (!plugins.TryGetQuantFormat(type, out PluginPart<IQuantFormat>? format))
        {
            throw new MissingPluginException(
                $"{tensor.File.Name}: tensor '{tensor.Name}': it is to become {type} (type {(uint)type}), which no plugin serves; "
                + $"{Known("formats", plugins.QuantFormats.Select(p => p.Export))}.");
        }

        return format.Value as GuardedQuantizer
            ?? throw new MissingPluginException(
                $"{tensor.File.Name}: tensor '{tensor.Name}': it is to become {format.Names[0]}, which the plugin {format.Plugin.Name} "
                + $"('{format.Plugin.File}') only reads; the formats that plugins write: {string.Join(", ", Written().DefaultIfEmpty("none"))}.");

        IEnumerable<string> Written() =>
            plugins.QuantFormats.Where(p => typeof(IQuantizer).IsAssignableFrom(p.Implementation)).Select(p => p.Names[0]);
    }

    /// <summary>Checks that the tensors of all formats that are served fit the file.</summary>
    public void CheckTensors(GgufModelFile file)
    {
        foreach (GgufFile part in file.Parts)
        {
            part.CheckTensors(type => plugins.TryGetQuantFormat(type, out PluginPart<IQuantFormat>? format) ? format.Value.Block : null);
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
