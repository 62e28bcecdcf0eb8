using Tessera.Architectures;
using Tessera.Gguf;
using Tessera.Loading;
using Tessera.Quantization;

namespace Tessera.Workbench.Explaining;

/// <summary>
/// Sees what an architecture does with each tensor. Of the matrices that differ in their layer alone one is bound, looked at and let go, so that a large
/// model is explained without the memory that it needs to run.
/// </summary>
internal sealed class ExplainingModelBuilder(GgufModelFile file, ModelParts parts, ModelOptions options, CancellationToken cancellationToken)
    : ModelBuilder(file, parts.FindFormat, options, progress: null, cancellationToken)
{
    private readonly Dictionary<TensorClass, TensorUse> _matrices = [];
    private readonly Dictionary<string, List<TensorUse>> _uses = [];

    /// <summary>The uses of a tensor.</summary>
    public IReadOnlyList<TensorUse> UsesOf(GgufTensor tensor) => _uses.TryGetValue(tensor.Name, out List<TensorUse>? uses) ? uses : [TensorUse.Unused];

    public override Embedding Embedding(string name, int rows, int columns)
    {
        Embedding table = base.Embedding(name, rows, columns);
        Record(table.Name, TensorUse.Table);
        return table;
    }

    protected override float[] Values(string name, params ReadOnlySpan<long> dimensions)
    {
        float[] values = base.Values(name, dimensions);
        Record(name, TensorUse.Vector(values.Length));
        return values;
    }

    protected override IWeightMatrix Create(IQuantFormat format, in WeightSource source)
    {
        TensorClass tensors = TensorClass.Of(Find(source.Name));
        if (!_matrices.TryGetValue(tensors, out TensorUse? use))
        {
            using IWeightMatrix matrix = base.Create(format, source);
            _matrices[tensors] = use = new TensorUse(
                matrix.Kernel, matrix.Simd, matrix.ReadsSource ? "mapped" : "packed", matrix.OwnBytes);
        }

        Record(source.Name, use);
        return new UnboundMatrix(source.Rows, source.Columns);
    }

    private void Record(string tensor, TensorUse use)
    {
        if (!_uses.TryGetValue(tensor, out List<TensorUse>? uses))
        {
            _uses[tensor] = uses = [];
        }

        uses.Add(use);
    }
}
