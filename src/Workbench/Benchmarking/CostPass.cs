using Tessera.Architectures;
using Tessera.Generation;
using Tessera.Numerics;
using Tessera.Runtime;
using Tessera.Runtime.Experts;
using Tessera.Runtime.Matrices;
using Tessera.Runtime.Memory;

namespace Tessera.Workbench.Benchmarking;

/// <summary>Runs a model's equations over shapes alone and counts the matrix products.</summary>
internal sealed class CostPass(LanguageModel model) : ShapePass(model.States)
{
    private readonly Dictionary<ActivationParts, long> _multiplyAdds = [];
    private long _weightBytes;

    public ForwardCost Cost => new(_multiplyAdds.Values.Sum(), _weightBytes, _multiplyAdds.MaxBy(entry => entry.Value).Key);

    /// <summary>Adds a batch.</summary>
    public void Count(int tokens, int wanted) => Run(model.Model, tokens, wanted);

    protected override void AddProduct(Linear w, ActivationRows y) => Add(((MatrixLinear)w).Weights, y.Rows);

    protected override void AddProducts(LinearStack w, ExpertRouting routing, bool shared, ActivationRows y)
    {
        for (int expert = 0; expert < routing.Experts; expert++)
        {
            Add(((MatrixStack)w).Weights[expert], routing.FirstRowOf(expert + 1) - routing.FirstRowOf(expert));
        }
    }

    private void Add(BoundMatrix matrix, int tokens)
    {
        if (tokens > 0)
        {
            ActivationParts reads = (matrix.Reads & ActivationParts.Quants) == 0 ? ActivationParts.Values : ActivationParts.Q8;
            _multiplyAdds[reads] = _multiplyAdds.GetValueOrDefault(reads) + ((long)tokens * matrix.Rows * matrix.Weights.Columns);
            _weightBytes += matrix.FileBytes;
        }
    }
}
