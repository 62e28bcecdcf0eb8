using System.Collections.Concurrent;
using Tessera.Generation;
using Tessera.Gguf;
using Tessera.Gguf.Files;
using Tessera.Loading;
using Tessera.Numerics;

namespace Tessera.Workbench.Importance;

/// <summary>Runs a model over a text and takes down what the matrices of its layers are multiplied with.</summary>
/// <param name="loader">Loads the model.</param>
public sealed class ImportanceCollector(IModelLoader loader)
{
    /// <summary>
    /// Computes an importance matrix and writes it. The text is cut into chunks of the same length, which the model sees one by one, each with BOS in
    /// the place of its first token where the vocabulary asks for BOS.
    /// </summary>
    /// <param name="path">A GGUF file; of a split model the first part.</param>
    /// <param name="text">The text, bytes as they are in its file.</param>
    /// <param name="dataset">What the text is called in the file: its path.</param>
    /// <param name="output">The file to write.</param>
    /// <param name="chunkTokens">Tokens in a chunk.</param>
    /// <param name="options">How the model is loaded.</param>
    /// <param name="progress">Hears how far it is, on the thread that works.</param>
    /// <param name="cancellationToken">Stops it; nothing is written.</param>
    /// <returns>The number of chunks.</returns>
    /// <exception cref="GgufException">The model's file cannot be used.</exception>
    /// <exception cref="TesseraException">The text is too short, a value is no number, or the output is what is being read.</exception>
    /// <exception cref="IOException">The output cannot be written.</exception>
    public async Task<int> CollectAsync(
        string path,
        ReadOnlyMemory<byte> text,
        string dataset,
        string output,
        int chunkTokens,
        ModelOptions options,
        IProgress<ImportanceProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        var statistics = new ConcurrentDictionary<string, ColumnStatistics>();
        using LanguageModel model = await loader.LoadAsync(path, options with { Observer = Observe }, null, cancellationToken).ConfigureAwait(false);
        using OutputFile file = OutputFile.Create(output, [.. model.InputFiles, dataset]);
        int[] ids = [.. model.EncodeText(text.Span)];
        int chunks = ids.Length / chunkTokens;
        if (chunks == 0)
        {
            throw new TesseraException($"{dataset}: the text has {ids.Length} tokens, a chunk needs {chunkTokens}.");
        }

        await Task.Run(() => Run(model, ids, chunks, chunkTokens, progress, cancellationToken), cancellationToken).ConfigureAwait(false);
        foreach ((string tensor, ColumnStatistics columns) in statistics)
        {
            int bad = Array.FindIndex(columns.Sums(), sum => !float.IsFinite(sum));
            if (bad >= 0)
            {
                throw new TesseraException($"{path}: tensor '{tensor}': what its column {bad} is multiplied with is not finite.");
            }
        }

        ImportanceFile.Compose(statistics, dataset, chunks, chunkTokens).WriteTo(file.Stream);
        file.Complete();
        return chunks;

        void Observe(string tensor, ActivationBatch input)
        {
            if (tensor.StartsWith("blk.", StringComparison.Ordinal))
            {
                int columns = input.Columns;
                statistics.GetOrAdd(tensor, _ => new ColumnStatistics(columns)).Add(input);
            }
        }
    }

    private static void Run(
        LanguageModel model, int[] ids, int chunks, int chunkTokens, IProgress<ImportanceProgress>? progress, CancellationToken cancellationToken)
    {
        using IModelSession session = model.CreateSession(chunkTokens);

        // The last layer leaves out tokens whose logits nobody wants, and they count here.
        var logits = new float[Math.Min(chunkTokens, ModelSession.BatchTokens) * model.Shape.Vocabulary];
        for (int chunk = 0; chunk < chunks; chunk++)
        {
            Span<int> tokens = ids.AsSpan(chunk * chunkTokens, chunkTokens);
            model.BeginWithBos(tokens);

            session.Rewind(0);
            for (int first = 0; first < chunkTokens; first += ModelSession.BatchTokens)
            {
                int count = Math.Min(ModelSession.BatchTokens, chunkTokens - first);
                session.Evaluate(tokens.Slice(first, count), logits.AsSpan(0, count * model.Shape.Vocabulary), cancellationToken);
            }

            progress?.Report(new ImportanceProgress(chunk + 1, chunks));
        }
    }
}
