using Tessera.Architectures;
using Tessera.Compute;
using Tessera.Generation;
using Tessera.Gguf;
using Tessera.Numerics;
using Tessera.Quantization;
using Tessera.Tokenization;

namespace Tessera.Pipeline;

/// <summary>A model that is ready to run: its file, its weights, its tokenizer and its threads. Sessions share it and take turns at its threads.</summary>
public sealed class LanguageModel : IDisposable
{
    internal const int DefaultContextLength = 8192;

    private readonly GgufModelFile _file;
    private readonly Lazy<ITokenizer> _tokenizer;
    private readonly WorkerPool _pool;
    private bool _disposed;

    internal LanguageModel(GgufModelFile file, IModel model, IReadOnlyList<BoundMatrix> matrices, IMachineCode? machineCode, Func<ITokenizer> createTokenizer, NumericsMode numerics, WorkerPool pool)
    {
        _file = file;
        _tokenizer = new Lazy<ITokenizer>(createTokenizer);
        _pool = pool;
        Model = model;
        Matrices = matrices;
        MachineCode = machineCode;
        Numerics = numerics;
    }

    /// <summary>The path of the file, the first one of a split model.</summary>
    public string Path => _file.Name;

    /// <summary>The file's metadata.</summary>
    public IGgufMetadata Metadata => _file.Metadata;

    /// <summary>The model's shape.</summary>
    public ModelShape Shape => Model.Shape;

    /// <summary>The numerics contract that it was loaded with.</summary>
    public NumericsMode Numerics { get; }

    /// <summary>Threads that it computes with.</summary>
    public int Threads => _pool.Threads;

    /// <summary>The tokenizer; made when it is first asked for.</summary>
    /// <exception cref="TesseraException">The file has no tokenizer, or none that a plugin serves.</exception>
    public ITokenizer Tokenizer => _tokenizer.Value;

    /// <summary>Values in the file's tensors.</summary>
    public long Parameters => _file.Tensors.Values.Sum(tensor => tensor.Elements);

    /// <summary>Bytes of the file's tensors.</summary>
    public long TensorBytes => _file.Parts.Sum(part => part.Length - part.DataStart);

    internal IModel Model { get; }

    internal IReadOnlyList<BoundMatrix> Matrices { get; }

    /// <summary>What its kernels were assembled with, or null.</summary>
    internal IMachineCode? MachineCode { get; }

    internal WorkerPool Pool => _pool;

    /// <summary>Turns a prompt into ids, with BOS and EOS as the model asks and special tokens recognized.</summary>
    public IReadOnlyList<int> Encode(string prompt) => new PromptEncoder(Tokenizer).Encode(prompt, addSpecial: true, parseSpecial: true);

    /// <summary>Puts BOS in the place of a window's first token where the model asks for one: a text that is cut into windows has it at its beginning alone.</summary>
    internal void BeginWithBos(Span<int> window)
    {
        if (Tokenizer.Vocabulary.Special is { AddBos: true, Bos: >= 0 and int bos })
        {
            window[0] = bos;
        }
    }

    /// <summary>Starts a session with a KV cache of its own.</summary>
    /// <param name="contextLength">Positions that fit; 0 takes what the model was trained for, at most 8192.</param>
    /// <param name="cacheType">How keys and values are kept; by default as F32 in <see cref="NumericsMode.Exact"/>, otherwise as I16, or as F16 where vectors are narrow.</param>
    /// <exception cref="TesseraException">The lengths of the model's heads do not fit the cache's type.</exception>
    public IModelSession CreateSession(int contextLength = 0, KvCacheType? cacheType = null)
    {
        ExpectNotDisposed();
        ArgumentOutOfRangeException.ThrowIfNegative(contextLength);
        return new ModelSession(this, _pool, CreateCache(Shape, Numerics, contextLength, cacheType));
    }

    internal static KvCache CreateCache(ModelShape shape, NumericsMode numerics, int contextLength = 0, KvCacheType? type = null) => new(
        shape,
        contextLength == 0 ? Math.Min(shape.ContextLength, DefaultContextLength) : contextLength,
        type ?? (numerics == NumericsMode.Exact ? KvCacheType.F32 : ProcessorFeatures.BestSimd >= SimdLevel.Avx2 ? KvCacheType.I16 : KvCacheType.F16));

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
            _pool.Dispose();
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

    /// <exception cref="ObjectDisposedException">The model was disposed.</exception>
    internal void ExpectNotDisposed() => ObjectDisposedException.ThrowIf(_disposed, this);
}
