using Tessera.Architectures;
using Tessera.Generation;
using Tessera.Gguf;
using Tessera.Numerics;
using Tessera.Plugins;
using Tessera.Quantization;
using Tessera.Runtime.Matrices;
using Tessera.Runtime.Processor;

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

    /// <summary>What kernels may be assembled with, or null.</summary>
    public IMachineCode? MachineCode => _kernels.MachineCode;

    /// <summary>Whether it was asked to stop.</summary>
    public bool IsCancelled => cancellationToken.IsCancellationRequested;

    /// <summary>Builds a model, tries its equations, and holds what its file says in two places against each other.</summary>
    /// <exception cref="GgufException">The file, the model's shape, its tensors and its equations do not fit each other.</exception>
    /// <exception cref="TesseraException">The architecture fails.</exception>
    public IModel Build(PluginPart<IArchitecture> architecture)
    {
        IModel model = architecture.Value.Build(this);
        EquationTrial.Run(file.Name, architecture, model);
        FileAgreement.Expect(file, _asked, model.Shape);
        return model;
    }

    public bool Has(string name)
    {
        _asked.Add(name);
        return file.Tensors.ContainsKey(name);
    }

    public ReadOnlySpan<long> DimensionsOf(string name) => Find(name).Dimensions.ToArray();

    public Linear Linear(string name, int inputs, int outputs)
    {
        (IQuantFormat format, WeightSource source) = Matrix($"{name}.weight", outputs, inputs);
        string bias = $"{name}.bias";
        string scale = $"{name}.scale";
        // How far inputs reached, which the reference reads beside such weights too, and computes without.
        _asked.Add($"{name}.input_scale");
        IWeightMatrix weights = Bind(format, source);
        if (!weights.ReadsSource)
        {
            GgufTensor tensor = Find(source.Name);
            tensor.File.ReleasePages(tensor, source.Rows * source.RowBytes);
        }

        return new Linear(source.Name, weights, Has(bias) ? Vector(bias, outputs) : null, Has(scale) ? Vector(scale, 1)[0] : 1);
    }

    public virtual Embedding Embedding(string name, int rows, int columns)
    {
        (IQuantFormat format, WeightSource source) = Matrix($"{name}.weight", rows, columns);
        return new Embedding(format, source);
    }

    public Linear Tied(Embedding embedding) => new(embedding.Source.Name, Bind(embedding.Format, embedding.Source), null);

    public virtual float[] Vector(string name, int length)
    {
        GgufTensor tensor = Find(name);
        Expect(tensor, length);
        IQuantFormat format = formatOf(tensor);
        var values = new float[length];
        format.Dequantize(new ReadOnlySpan<byte>(tensor.File.DataOf(tensor), checked((int)tensor.ByteLength(format.Block))), values);
        return values;
    }

    public void Dispose() => BoundMatrix.Free(_matrices);

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
        if (Math.Max(rows, columns) > MaxExtent || rowBytes > int.MaxValue)
        {
            throw tensor.Error($"{rows} rows of {columns} values in {rowBytes} bytes are too large, {MaxExtent} are possible");
        }

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

    private IWeightMatrix Bind(IQuantFormat format, WeightSource source)
    {
        cancellationToken.ThrowIfCancellationRequested();
        IWeightMatrix matrix = Create(format, source);
        matrix = options.Wrap?.Invoke(source.Name, matrix) ?? matrix;
        long bytes = source.Rows * source.RowBytes;
        _matrices.Add(new BoundMatrix(matrix, bytes));
        _boundBytes += bytes;
        progress?.Report(new LoadProgress(_boundBytes, file.Length));
        return matrix;
    }

    /// <summary>Makes the matrix that the numerics ask for.</summary>
    protected virtual IWeightMatrix Create(IQuantFormat format, in WeightSource source) =>
        options.Numerics == NumericsMode.Exact ? new DequantizedMatrix(format, source) : format.Bind(source, source.Rows < SmallestPackedRows ? _kernels with { Repack = false } : _kernels);

    /// <summary>Trailing dimensions of 1 do not count.</summary>
    private static void Expect(GgufTensor tensor, params ReadOnlySpan<long> expected)
    {
        for (int i = 0; i < Math.Max(expected.Length, tensor.Dimensions.Count); i++)
        {
            long actual = i < tensor.Dimensions.Count ? tensor.Dimensions[i] : 1;
            if (actual != (i < expected.Length ? expected[i] : 1))
            {
                throw tensor.Error($"its shape is [{string.Join(", ", tensor.Dimensions)}], the model's parameters ask for [{string.Join(", ", expected.ToArray())}]");
            }
        }
    }
}
