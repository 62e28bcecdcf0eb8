using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Tessera.Architectures;
using Tessera.Catalog;
using Tessera.Generation;
using Tessera.Gguf;
using Tessera.Gguf.Files;
using Tessera.Plugins;
using Tessera.Runtime.Threads;
using Tessera.Tokenization;

namespace Tessera.Loading;

internal sealed class ModelLoader(PluginCatalog plugins, ILoggerFactory? loggers = null) : IModelLoader
{
    private readonly ModelParts _parts = new(plugins);
    private readonly ILogger _logger = loggers?.CreateLogger("prompt") ?? NullLogger.Instance;

    public Task<LanguageModel> LoadAsync(string path, ModelOptions? options, IProgress<LoadProgress>? progress, CancellationToken cancellationToken) =>
        Task.Run(() => Load(path, options ?? new ModelOptions(), progress, cancellationToken), cancellationToken);

    public ITokenizer CreateTokenizer(IGgufMetadata metadata, ModelOptions? options)
    {
        var overrides = new TokenizerOptions(options?.PreTokenizer);
        if (options?.Tokenizer is { } path && _parts.IsTokenizerFile(path))
        {
            byte[] content = InputFile.ReadAll(path);
            ITokenizer read = ((ITokenizerFileReader)_parts.FindReader(path, content).Value).Read(content, path, metadata, overrides);
            return WhatItLacks(read) is { } missing ? throw new InputFileException(path, $"{missing}.") : read;
        }

        ITokenizer made = _parts.FindTokenizer(metadata, options?.Tokenizer).Value.Create(metadata, overrides);
        return WhatItLacks(made) is { } lacking ? throw new GgufException(metadata.Source, "tokenizer", -1, lacking) : made;
    }

    private static string? WhatItLacks(ITokenizer tokenizer) => tokenizer.Vocabulary.Special switch
    {
        { AddBos: true, Bos: < 0 } => "asks for a BOS token in every prompt, but names none; set tokenizer.ggml.bos_token_id",
        { AddEos: true, Eos: < 0 } => "asks for an EOS token in every prompt, but names none; set tokenizer.ggml.eos_token_id",
        _ => null,
    };

    private LanguageModel Load(string path, ModelOptions options, IProgress<LoadProgress>? progress, CancellationToken cancellationToken)
    {
        GgufModelFile file = GgufModelFile.Open(path, options.Map);
        ModelBuilder? builder = null;
        WorkerPool? pool = null;
        try
        {
            pool = new WorkerPool(options.Placement);
            PluginPart<IArchitecture> architecture = _parts.FindArchitecture(file.Metadata);
            _parts.CheckTensors(file);
            builder = new ModelBuilder(file, _parts.FindFormat, options, progress, cancellationToken) { ForEachNearby = pool.Nodes > 1 ? pool.ForEach : null };
            IModel model = builder.Build(architecture);
            file.ExpectUnchanged();
            return new LanguageModel(
                file, model, builder.States, builder.Matrices, builder.MachineCode, () => CreateTokenizer(file.Metadata, options), options.Numerics, pool)
            {
                Logger = _logger,
                CacheLimit = options.CacheLimit ?? GC.GetGCMemoryInfo().TotalAvailableMemoryBytes,
                TokenizerFile = options.Tokenizer is { } name && _parts.IsTokenizerFile(name) ? name : null,
            };
        }
        catch (Exception e)
        {
            Abandon(builder);
            pool?.Dispose();
            file.Dispose();
            if (e is WorkCancelledException)
            {
                throw new OperationCanceledException(cancellationToken);
            }

            throw;
        }
    }

    private static void Abandon(ModelBuilder? builder)
    {
        try
        {
            builder?.Dispose();
        }
        catch (TesseraException)
        {
            // What ended the loading is what matters, not that a plugin then fails to free what it had bound.
        }
    }
}
