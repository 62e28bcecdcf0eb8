using Tessera.Architectures;
using Tessera.Compute;
using Tessera.Gguf;
using Tessera.Plugins;
using Tessera.Quantization;
using Tessera.Tokenization;

namespace Tessera.Pipeline;

internal sealed class ModelLoader(PluginCatalog plugins) : IModelLoader
{
    public Task<LanguageModel> LoadAsync(string path, ModelOptions? options, IProgress<LoadProgress>? progress, CancellationToken cancellationToken) =>
        Task.Run(() => Load(path, options ?? new ModelOptions(), progress, cancellationToken), cancellationToken);

    public ITokenizer CreateTokenizer(IGgufMetadata metadata, ModelOptions? options)
    {
        string model = options?.Tokenizer ?? metadata.GetString("tokenizer.ggml.model");
        return plugins.TryGetTokenizer(model, out PluginPart<ITokenizerFactory>? factory)
            ? factory.Value.Create(metadata, new TokenizerOptions(options?.PreTokenizer))
            : throw new MissingPluginException(
                $"{metadata.Source}: no plugin serves the tokenizer '{model}'; {Known("tokenizers", plugins.Tokenizers.Select(p => p.Export))}.");
    }

    private LanguageModel Load(string path, ModelOptions options, IProgress<LoadProgress>? progress, CancellationToken cancellationToken)
    {
        GgufModelFile file = GgufModelFile.Open(path);
        ModelBuilder? builder = null;
        try
        {
            IArchitecture architecture = FindArchitecture(file.Metadata);
            foreach (GgufFile part in file.Parts)
            {
                part.CheckTensors(type => plugins.TryGetQuantFormat(type, out PluginPart<IQuantFormat>? format) ? format.Value.Block : null);
            }

            builder = new ModelBuilder(file, FindFormat, options, progress, cancellationToken);
            IModel model = architecture.Build(builder);
            int threads = options.Threads > 0 ? options.Threads : Environment.ProcessorCount;
            return new LanguageModel(file, model, builder.Matrices, () => CreateTokenizer(file.Metadata, options), options.Numerics, threads);
        }
        catch
        {
            builder?.Dispose();
            file.Dispose();
            throw;
        }
    }

    private IArchitecture FindArchitecture(IGgufMetadata metadata)
    {
        string name = metadata.GetString("general.architecture");
        return plugins.TryGetArchitecture(name, out PluginPart<IArchitecture>? architecture)
            ? architecture.Value
            : throw new MissingPluginException(
                $"{metadata.Source}: no plugin serves the architecture '{name}'; {Known("architectures", plugins.Architectures.Select(p => p.Export))}.");
    }

    private IQuantFormat FindFormat(GgufTensor tensor) =>
        plugins.TryGetQuantFormat(tensor.Type, out PluginPart<IQuantFormat>? format)
            ? format.Value
            : throw new MissingPluginException(
                $"{tensor.File.Name}: tensor '{tensor.Name}': no plugin serves the quantization format {tensor.Type} (type {(uint)tensor.Type}); {Known("formats", plugins.QuantFormats.Select(p => p.Export))}.");

    private static string Known(string what, IEnumerable<PluginExport> exports)
    {
        string[] keys = [.. exports.Select(e => e.Key).Distinct().Order(StringComparer.Ordinal)];
        return keys.Length == 0
            ? $"no {what} were found at all, 'tessera plugins' shows where they are sought"
            : $"the {what} that are served: {string.Join(", ", keys)}";
    }
}
