using Tessera.Architectures;
using Tessera.Gguf;
using Tessera.Numerics;
using Tessera.Plugins;
using Tessera.Quantization;
using Tessera.Runtime.Experts;
using Tessera.Runtime.Matrices;
using Tessera.Runtime.Operators;
using Tessera.Runtime.Processor;
using Tessera.Runtime.State;
using Tessera.Runtime.Threads;

namespace Tessera.Loading;

/// <summary>Gives an architecture its tensors, each checked against the shape that the architecture expects and bound to its format.</summary>
internal unsafe class ModelBuilder(
    GgufModelFile file,
    Func<GgufTensor, IQuantFormat> formatOf,
    ModelOptions options,
    IProgress<LoadProgress>? progress,
    CancellationToken cancellationToken) : IModelBuilder, IDisposable
{
    /// <summary>Bytes of a file. For a smaller model the assembler's own start takes longer than its code saves.</summary>
    public const long SmallestAssembledFile = 16 << 20;

    /// <summary>Rows or columns of a matrix at most, so that what is computed with them fits 32 bits.</summary>
    private const int MaxExtent = 1 << 28;

    /// <summary>Values of a key or value at most.</summary>
    private const int MaxHeadLength = 1 << 16;

    /// <summary>Rows of a matrix that may be packed: panels are filled up with rows, which must not cost more than the matrix itself.</summary>
    private const int SmallestPackedRows = 16;

    private readonly List<BoundMatrix> _matrices = [];
    private readonly HashSet<string> _asked = new(StringComparer.Ordinal);
    private readonly KernelOptions _kernels = new(
        options.Simd, options.Repack, options.EmitCode && file.Length >= SmallestAssembledFile ? ProcessorFeatures.MachineCode : null);
    private long _boundBytes;

    public IGgufMetadata Metadata => file.Metadata;

    /// <summary>What <see cref="WeightSource.ForEachNearby"/> is for the model's matrices.</summary>
    public Action<int, Action<int>>? ForEachNearby { get; init; }

    /// <summary>What was bound and must be disposed with the model.</summary>
    public IReadOnlyList<BoundMatrix> Matrices => _matrices;

    /// <summary>What the model has declared that a sequence keeps.</summary>
    public DeclaredStates States { get; } = new();

    /// <summary>What kernels may be assembled with, or null.</summary>
    public IMachineCode? MachineCode => _kernels.MachineCode;

    /// <summary>Builds a model, tries its equations, and holds what its file says in two places against each other.</summary>
    /// <exception cref="GgufException">The file, the model's shape, its tensors and its equations do not fit each other.</exception>
    /// <exception cref="TesseraException">The architecture fails.</exception>
    public IModel Build(PluginPart<IArchitecture> architecture)
    {
        IModel model = architecture.Value.Build(this);
        EquationTrial.Run(file.Name, architecture, model, States);
        FileAgreement.Expect(file, _asked, model.Shape);
        return model;
    }

    public bool Has(string name)
    {
        _asked.Add(name);
        return file.Tensors.ContainsKey(name);
    }

    public ReadOnlySpan<long> DimensionsOf(string name) => Find(name).Dimensions.ToArray();

    public Linear Linear(string name, int inputs, int outputs, LinearScale scale)
    {
        (IQuantFormat format, WeightSource source) = Matrix($"{name}.weight", outputs, inputs);
        string bias = $"{name}.bias";
        string scaleName = $"{name}.scale";
        MarkInputScale(name);
        BoundMatrix weights = Bind(format, source);
        Release(weights, source.Name, source.Rows * source.RowBytes);
        float factor = scale != LinearScale.None && Has(scaleName) ? Values(scaleName, 1)[0] : 1;
        float[]? values = Has(bias) ? Values(bias, outputs) : null;
        if (values is not null && scale == LinearScale.ProductAndBias && factor != 1)
        {
            values = Array.ConvertAll(values, value => factor * value);
        }

        return new MatrixLinear(weights, values, factor) { Name = source.Name, Inputs = inputs, Outputs = outputs };
    }

    public LinearStack Stack(string name, int count, int inputs, int outputs, LinearScale scale)
    {
        MarkInputScale(name);
        GgufTensor tensor = Find($"{name}.weight");
        Expect(tensor, inputs, outputs, count);
        IQuantFormat format = formatOf(tensor);
        long bytes = tensor.ByteLength(format.Block) / count;
        long rowBytes = bytes / outputs;
        ExpectExtents(tensor, outputs, inputs, rowBytes);
        var weights = new BoundMatrix[count];
        for (int i = 0; i < count; i++)
        {
            weights[i] = Bind(format, new WeightSource
            {
                Name = tensor.Name,
                Rows = outputs,
                Columns = inputs,
                Data = tensor.File.DataOf(tensor) + (i * bytes),
                RowBytes = rowBytes,
                ForEachNearby = ForEachNearby,
            });
        }

        Release(weights[0], tensor.Name, bytes * count);
        string bias = $"{name}.bias";
        string scaleName = $"{name}.scale";
        float[]? scales = scale != LinearScale.None && Has(scaleName) ? Values(scaleName, count) : null;
        return new MatrixStack(weights, Has(bias) ? Values(bias, outputs, count) : null, scales)
        {
            Name = tensor.Name,
            Count = count,
            Inputs = inputs,
            Outputs = outputs,
        };
    }

    public virtual Embedding Embedding(string name, int rows, int columns)
    {
        (IQuantFormat format, WeightSource source) = Matrix($"{name}.weight", rows, columns);
        return new EmbeddingTable(format, source) { Name = source.Name, Rows = rows, Columns = columns };
    }

    public Linear Tied(Embedding embedding)
    {
        var table = (EmbeddingTable)embedding;
        return new MatrixLinear(Bind(table.Format, table.Source)) { Name = table.Name, Inputs = table.Columns, Outputs = table.Rows };
    }

    public float[] Values(string name, int length) => Values(name, [length]);

    public Vector Vector(string name, int length) => new WeightVector(Values(name, [length])) { Name = name, Length = length };

    public KeyValueState Cache(int heads, int keyLength, int valueLength, int window)
    {
        if (Math.Max(keyLength, valueLength) > MaxHeadLength || heads > MaxExtent)
        {
            throw new GgufException(file.Name, "KV cache", -1,
                $"{heads} heads with keys of {keyLength} and values of {valueLength} are too large, {MaxHeadLength} values are possible");
        }

        return States.AddCache(heads, keyLength, valueLength, window);
    }

    public RecurrentState Recurrence(int rows, int columns) => States.AddRecurrence(rows, columns);

    public void Dispose() => BoundMatrix.Free(_matrices);

    protected virtual float[] Values(string name, params ReadOnlySpan<long> dimensions)
    {
        GgufTensor tensor = Find(name);
        Expect(tensor, dimensions);
        IQuantFormat format = formatOf(tensor);
        var values = new float[checked((int)tensor.Elements)];
        format.Dequantize(new ReadOnlySpan<byte>(tensor.File.DataOf(tensor), checked((int)tensor.ByteLength(format.Block))), values);
        return values;
    }

    protected GgufTensor Find(string name)
    {
        _asked.Add(name);
        return file.Tensors.TryGetValue(name, out GgufTensor? tensor)
            ? tensor
            : throw new GgufException(file.Name, $"tensor '{name}'", -1, "required, but the file does not have it");
    }

    private (IQuantFormat Format, WeightSource Source) Matrix(string name, int rows, int columns)
    {
        GgufTensor tensor = Find(name);
        Expect(tensor, columns, rows);
        IQuantFormat format = formatOf(tensor);
        long rowBytes = tensor.ByteLength(format.Block) / rows;
        ExpectExtents(tensor, rows, columns, rowBytes);
        return (format, new WeightSource
        {
            Name = name,
            Rows = rows,
            Columns = columns,
            Data = tensor.File.DataOf(tensor),
            RowBytes = rowBytes,
            ForEachNearby = ForEachNearby,
        });
    }

    /// <summary>How far inputs reached, which the reference reads beside such weights too, and computes without.</summary>
    private void MarkInputScale(string name) => _asked.Add($"{name}.input_scale");

    private static void ExpectExtents(GgufTensor tensor, int rows, int columns, long rowBytes)
    {
        if (Math.Max(rows, columns) > MaxExtent || rowBytes > int.MaxValue)
        {
            throw tensor.Error($"{rows} rows of {columns} values in {rowBytes} bytes are too large, {MaxExtent} are possible");
        }
    }

    /// <summary>Lets go of the file's pages, where the matrices do not read them any more.</summary>
    private void Release(BoundMatrix matrix, string name, long bytes)
    {
        if (!matrix.Weights.ReadsSource)
        {
            GgufTensor tensor = Find(name);
            tensor.File.ReleasePages(tensor, bytes);
        }
    }

    private BoundMatrix Bind(IQuantFormat format, WeightSource source)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            throw new WorkCancelledException();
        }

        long bytes = source.Rows * source.RowBytes;
        var matrix = new BoundMatrix(source.Name, Create(format, source)) { FileBytes = bytes, Observer = options.Observer };
        _matrices.Add(matrix);
        _boundBytes += bytes;
        progress?.Report(new LoadProgress(_boundBytes, file.Length));
        return matrix;
    }

    /// <summary>Makes the matrix that the numerics ask for.</summary>
    protected virtual IWeightMatrix Create(IQuantFormat format, in WeightSource source) =>
        options.Numerics == NumericsMode.Exact
            ? new DequantizedMatrix(format, source)
            : format.Bind(source, source.Rows < SmallestPackedRows ? _kernels with { Repack = false } : _kernels);

    /// <summary>Trailing dimensions of 1 do not count.</summary>
    private static void Expect(GgufTensor tensor, params ReadOnlySpan<long> expected)
    {
        for (int i = 0; i < Math.Max(expected.Length, tensor.Dimensions.Count); i++)
        {
            long actual = i < tensor.Dimensions.Count ? tensor.Dimensions[i] : 1;
            if (actual != (i < expected.Length ? expected[i] : 1))
            {
                throw tensor.Error(
                    $"its shape is [{string.Join(", ", tensor.Dimensions)}], the model's parameters ask for [{string.Join(", ", expected.ToArray())}]");
            }
        }
    }
}
