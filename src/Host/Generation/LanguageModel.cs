using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Tessera.Architectures;
using Tessera.Diagnostics;
using Tessera.Gguf;
using Tessera.Numerics;
using Tessera.Runtime;
using Tessera.Runtime.Batches;
using Tessera.Runtime.Matrices;
using Tessera.Runtime.Memory;
using Tessera.Runtime.Processor;
using Tessera.Runtime.State;
using Tessera.Runtime.Threads;
using Tessera.Tokenization;

namespace Tessera.Generation;

/// <summary>A model that is ready to run: its file, its weights, its tokenizer and its threads. Sessions share it and take turns at its threads.</summary>
public sealed class LanguageModel : IDisposable, IAsyncDisposable
{
    internal const int DefaultContextLength = 8192;

    private readonly GgufModelFile _file;
    private readonly Lazy<ITokenizer> _tokenizer;
    private readonly Lazy<PromptEncoder> _encoder;
    private readonly Lazy<GenerationPrompt> _prompt;
    private readonly WorkerPool _pool;
    private readonly int[] _suppressed;
    private readonly Dictionary<KvCacheType, StatePool> _pools = [];
    private bool _disposed;

    internal LanguageModel(
        GgufModelFile file, IModel model, DeclaredStates states, IReadOnlyList<BoundMatrix> matrices,
        IMachineCode? machineCode, Func<ITokenizer> createTokenizer, NumericsMode numerics, WorkerPool pool)
    {
        _file = file;
        _tokenizer = new Lazy<ITokenizer>(() => Fit(createTokenizer()));
        _encoder = new Lazy<PromptEncoder>(() => new PromptEncoder(Tokenizer));
        _prompt = new Lazy<GenerationPrompt>(() => new GenerationPrompt(_encoder.Value, Tokenizer.Vocabulary.Special, Path, Logger));
        _pool = pool;
        _suppressed = FileTokens.Suppressed(file.Metadata, model.Shape.Vocabulary);
        (Sampling, UnservedSampling) = FileSampling.Read(file.Metadata);
        Model = model;
        States = states;
        Matrices = matrices;
        MachineCode = machineCode;
        Pass = new ForwardPass(states, pool, machineCode);
        Numerics = numerics;
    }

    /// <summary>The path of the file, the first one of a split model.</summary>
    public string Path => _file.Name;

    /// <summary>The files that it reads: all parts of the model, and a tokenizer's own file where one was named.</summary>
    public IReadOnlyList<string> InputFiles => [.. _file.Parts.Select(part => part.Name), .. TokenizerFile is null ? (string[])[] : [TokenizerFile]];

    /// <summary>The file's metadata.</summary>
    public IGgufMetadata Metadata => _file.Metadata;

    /// <summary>The model's shape.</summary>
    public ModelShape Shape => Model.Shape;

    /// <summary>The numerics contract that it was loaded with.</summary>
    public NumericsMode Numerics { get; }

    /// <summary>Threads that it computes with.</summary>
    public int Threads => _pool.Threads;

    /// <summary>The tokenizer; made when it is first asked for.</summary>
    /// <exception cref="TesseraException">The file has no tokenizer, none that a plugin serves, or one with more tokens than the model.</exception>
    public ITokenizer Tokenizer => _tokenizer.Value;

    /// <summary>
    /// How the file asks for tokens to be chosen: its <c>general.sampling.*</c> over the defaults. A request that says nothing takes it; <c>with</c> changes
    /// what a caller wants otherwise.
    /// </summary>
    public SamplingOptions Sampling { get; }

    /// <summary>The keys of <c>general.sampling.*</c> that <see cref="Sampling"/> cannot follow: samplers that are not here, or values without sense.</summary>
    public IReadOnlyList<string> UnservedSampling { get; }

    /// <summary>Values in the file's tensors.</summary>
    public long Parameters => _file.Elements;

    /// <summary>Bytes of the file's tensors.</summary>
    public long TensorBytes => _file.Parts.Sum(part => part.Length - part.DataStart);

    internal IModel Model { get; }

    /// <summary>Bytes that all texts with one type of cache may take.</summary>
    internal long CacheLimit { get; init; } = long.MaxValue;

    /// <summary>The tokenizer's own file, where one was named.</summary>
    internal string? TokenizerFile { get; init; }

    internal IReadOnlyList<BoundMatrix> Matrices { get; }

    /// <summary>What its kernels were assembled with, or null.</summary>
    internal IMachineCode? MachineCode { get; }

    /// <summary>What its sequences keep.</summary>
    internal DeclaredStates States { get; }

    /// <summary>Runs batches, one at a time, in a turn of <see cref="Pool"/>.</summary>
    private ForwardPass Pass { get; }

    internal WorkerPool Pool => _pool;

    /// <summary>
    /// Makes a sampler for this model's logits, as generations use it: it never chooses what the file suppresses (<c>tokenizer.ggml.suppress_tokens</c>),
    /// nor ids beyond the tokenizer's tokens.
    /// </summary>
    /// <param name="options">How to choose; null for <see cref="Sampling"/>.</param>
    /// <exception cref="TesseraException">A value of the options makes no sense, or no token is left.</exception>
    public Sampler CreateSampler(SamplingOptions? options = null)
    {
        int tokens = _tokenizer.IsValueCreated ? Tokenizer.Vocabulary.Count
            : FileTokens.List(Metadata) is { } listed ? (int)Math.Min(listed.Count, Shape.Vocabulary)
            : Shape.Vocabulary;
        return new Sampler(options ?? Sampling, Shape.Vocabulary, _suppressed.Concat(Enumerable.Range(tokens, Shape.Vocabulary - tokens)));
    }

    /// <summary>Takes the warnings about prompts.</summary>
    internal ILogger Logger { get; init; } = NullLogger.Instance;

    /// <summary>Turns a prompt to go on from into ids, with BOS as the model asks and special tokens recognized. EOS is not added.</summary>
    public IReadOnlyList<int> Encode(string prompt) => _prompt.Value.Encode(prompt);

    /// <summary>
    /// Turns a prompt that is put together of parts into ids, as <see cref="Encode(string)"/> does with all its text in one, except that no control token
    /// is recognized in what a user has written, nor begins or ends in it.
    /// </summary>
    public IReadOnlyList<int> Encode(params ReadOnlySpan<PromptPart> parts) => _prompt.Value.Encode(parts);

    /// <summary>Turns ids into text: without control tokens, and without the space that the tokenizer puts before every text, behind a BOS too.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An id is not in the vocabulary.</exception>
    public string Decode(IEnumerable<int> ids)
    {
        ArgumentNullException.ThrowIfNull(ids);
        SpecialTokens special = Tokenizer.Vocabulary.Special;
        return StreamingDecoder.Decode(Tokenizer, special.AddBos && ids.FirstOrDefault(-1) == special.Bos ? ids.Skip(1) : ids);
    }

    /// <summary>Turns a prompt into ids as <see cref="Encode(string)"/> does, its bytes as they are.</summary>
    public IReadOnlyList<int> Encode(ReadOnlySpan<byte> prompt) => _prompt.Value.Encode(prompt);

    /// <summary>
    /// Turns a text into ids as the reference's tools see a file of text: its bytes as they are, a byte order mark and what is no UTF-8 included, without
    /// the line feed at its end; BOS and EOS as the model asks, special tokens not recognized.
    /// </summary>
    public IReadOnlyList<int> EncodeText(ReadOnlySpan<byte> text) =>
        _encoder.Value.Encode(text is [.., (byte)'\n'] ? text[..^1] : text, addSpecial: true, parseSpecial: false);

    /// <summary>
    /// Puts BOS in the place of a window's first token where the model asks for one: a text that is cut into windows has it at its beginning alone.
    /// </summary>
    internal void BeginWithBos(Span<int> window)
    {
        if (Tokenizer.Vocabulary.Special is { AddBos: true, Bos: >= 0 and int bos })
        {
            window[0] = bos;
        }
    }

    /// <summary>Starts a session with a KV cache of its own.</summary>
    /// <param name="contextLength">Positions that fit; 0 takes what the model was trained for, at most 8192, and 8192 where the file does not tell.</param>
    /// <param name="cacheType">How keys and values are kept; by default as F32 in <see cref="NumericsMode.Exact"/>, otherwise as I16, or as F16 where vectors
    /// are narrow.</param>
    /// <exception cref="TesseraException">
    /// The lengths of the model's heads do not fit the cache's type, there is not enough memory, or the model's file has changed.
    /// </exception>
    public IModelSession CreateSession(int contextLength = 0, KvCacheType? cacheType = null)
    {
        ExpectNotDisposed();
        ExpectUnchanged();
        ArgumentOutOfRangeException.ThrowIfNegative(contextLength);
        return new ModelSession(this, CreateSequence(cacheType), contextLength > 0 ? contextLength : DefaultContextOf(Shape));
    }

    /// <summary>A text for the model to remember, without a limit of its own. Sequences with one type of cache may run in one batch.</summary>
    /// <param name="cacheType">How keys and values are kept, as for <see cref="CreateSession"/>.</param>
    /// <exception cref="TesseraException">The lengths of the model's heads do not fit the cache's type.</exception>
    public Sequence CreateSequence(KvCacheType? cacheType = null)
    {
        ExpectNotDisposed();
        return PoolOf(cacheType ?? DefaultCacheTypeOf(Numerics)).Create();
    }

    /// <summary>
    /// A sequence as <see cref="Sequence.SaveTo"/> wrote it, with the bits that it had: of this model, wherever its file was, with the same numerics.
    /// </summary>
    /// <param name="stream">Where it was written to.</param>
    /// <param name="cacheType">How its keys and values were kept, as for <see cref="CreateSession"/>.</param>
    /// <param name="cancellationToken">Stops between two pages.</param>
    /// <exception cref="TesseraException">It is no such thing, of another model or cache type, damaged, or there is no memory for it.</exception>
    public Sequence RestoreSequence(Stream stream, KvCacheType? cacheType = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ExpectNotDisposed();
        return PoolOf(cacheType ?? DefaultCacheTypeOf(Numerics)).Restore(stream, cancellationToken);
    }

    /// <summary>Runs one batch of many sequences, which remember its tokens then.</summary>
    /// <param name="parts">The tokens, of sequences of this model with one type of cache.</param>
    /// <param name="logits">Receives the wanted rows, part by part, [wanted, vocabulary].</param>
    /// <param name="cancellationToken">Ends the batch; its tokens are not remembered then.</param>
    /// <exception cref="TesseraException">An id is not in the vocabulary, the memory for the tokens is not there, or the model's file has changed.</exception>
    /// <exception cref="ArgumentException">A sequence is another model's or comes twice, a part has no tokens or wants more than it has, or the logits have no
    /// room.</exception>
    public void Evaluate(ReadOnlySpan<BatchPart> parts, Span<float> logits, CancellationToken cancellationToken = default)
    {
        long wanted = 0;
        foreach (BatchPart part in parts)
        {
            wanted += part.Wanted;
            if (!ReferenceEquals(part.Sequence.Pool.States, States))
            {
                throw new ArgumentException("A sequence is another model's.", nameof(parts));
            }

            foreach (int id in part.Ids.Span)
            {
                ExpectToken(id);
            }
        }

        if (wanted * Shape.Vocabulary > logits.Length)
        {
            throw new ArgumentException($"{logits.Length} values do not hold {wanted} rows of {Shape.Vocabulary} logits.", nameof(logits));
        }

        using (_pool.Enter(cancellationToken))
        {
            ExpectNotDisposed();
            ExpectUnchanged();
            Run(parts, logits, observer: null, cancellationToken);
        }
    }

    /// <summary>Runs one batch in a turn of <see cref="Pool"/>, of tokens that are in the vocabulary.</summary>
    /// <exception cref="OperationCanceledException">The turn was cancelled.</exception>
    internal void Run(ReadOnlySpan<BatchPart> parts, Span<float> logits, Action<string, int, ActivationRows>? observer, CancellationToken cancellationToken)
    {
        Pass.Observer = observer;
        long start = Stopwatch.GetTimestamp();
        try
        {
            ActivationRows rows = Pass.Run(Model, parts);
            if (Telemetry.BatchTokens.Enabled || Telemetry.BatchDuration.Enabled)
            {
                Record(parts, Stopwatch.GetElapsedTime(start));
            }

            for (int row = 0; row < rows.Rows; row++)
            {
                rows.Row(row).CopyTo(logits[(row * rows.Columns)..]);
            }
        }
        catch (WorkCancelledException)
        {
            // What the pages hold of this batch lies behind the sequences' tokens, where the next batch is written.
            throw new OperationCanceledException(cancellationToken);
        }
    }

    private static void Record(ReadOnlySpan<BatchPart> parts, TimeSpan elapsed)
    {
        int tokens = 0;
        foreach (BatchPart part in parts)
        {
            tokens += part.Ids.Length;
        }

        Telemetry.BatchTokens.Record(tokens);
        Telemetry.BatchDuration.Record(elapsed.TotalSeconds);
    }

    /// <exception cref="TesseraException">The vocabulary has no such token.</exception>
    internal void ExpectToken(int id)
    {
        if ((uint)id >= (uint)Shape.Vocabulary)
        {
            throw new TesseraException($"The token {id} does not exist, the vocabulary has {Shape.Vocabulary}.");
        }
    }

    internal static int DefaultContextOf(ModelShape shape) =>
        shape.ContextLength > 0 ? Math.Min(shape.ContextLength, DefaultContextLength) : DefaultContextLength;

    internal static KvCacheType DefaultCacheTypeOf(NumericsMode numerics) =>
        numerics == NumericsMode.Exact ? KvCacheType.F32 : ProcessorFeatures.BestSimd >= SimdLevel.Avx2 ? KvCacheType.I16 : KvCacheType.F16;

    /// <summary>
    /// Ends the threads, frees the weights and closes the file, once the session that is computing has done so. Its sessions cannot be used any
    /// more.
    /// </summary>
    /// <exception cref="TesseraException">A plugin fails to free its matrices; everything else is freed.</exception>
    public void Dispose()
    {
        using (_pool.Enter())
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
            Telemetry.AddModels(-1);
            _pool.Dispose();
            Pass.Dispose();
            try
            {
                BoundMatrix.Free(Matrices);
            }
            finally
            {
                _file.Dispose();
            }
        }
    }

    /// <summary>Does what <see cref="Dispose"/> does, and keeps no thread waiting for a session that is computing.</summary>
    public ValueTask DisposeAsync() => new(Task.Run(Dispose));

    private StatePool PoolOf(KvCacheType type)
    {
        lock (_pools)
        {
            if (!_pools.TryGetValue(type, out StatePool? pool))
            {
                _pools[type] = pool = new StatePool(States, type, CacheLimit, () => ModelIdentity.Of(_file, Numerics));
            }

            return pool;
        }
    }

    private ITokenizer Fit(ITokenizer tokenizer) => tokenizer.Vocabulary.Count <= Shape.Vocabulary
        ? tokenizer
        : throw new TesseraException($"{Path}: the tokenizer has {tokenizer.Vocabulary.Count} tokens, but the model has logits for {Shape.Vocabulary}.");

    /// <exception cref="ObjectDisposedException">The model was disposed.</exception>
    internal void ExpectNotDisposed() => ObjectDisposedException.ThrowIf(_disposed, this);

    /// <exception cref="GgufException">The file has changed since the model was loaded, whose weights would be others.</exception>
    internal void ExpectUnchanged() => _file.ExpectUnchanged();
}
