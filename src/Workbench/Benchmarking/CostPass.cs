using Tessera.Architectures;
using Tessera.Generation;
using Tessera.Numerics;
using Tessera.Quantization;
using Tessera.Runtime;

namespace Tessera.Workbench.Benchmarking;

/// <summary>Runs a model's equations over shapes alone and counts the matrix products.</summary>
internal sealed class CostPass(LanguageModel model) : ShapePass(model.Shape)
{
    private readonly Dictionary<IWeightMatrix, long> _fileBytes = model.Matrices.ToDictionary(matrix => matrix.Weights, matrix => matrix.FileBytes);
    private readonly long[] _multiplyAdds = new long[Enum.GetValues<ActivationEncoding>().Length];
    private long _weightBytes;

    public ForwardCost Cost => new(_multiplyAdds.Sum(), _weightBytes, (ActivationEncoding)Array.IndexOf(_multiplyAdds, _multiplyAdds.Max()));

    /// <summary>Adds a batch.</summary>
    public void Count(int tokens, int outputs) => Run(model.Model, tokens, outputs);

    protected override void AddProduct(Tensor x, Linear w, Tensor y)
    {
        if (x.Rows > 0)
        {
            _multiplyAdds[(int)w.Weights.Activations] += (long)x.Rows * w.Inputs * w.Outputs;
            _weightBytes += _fileBytes[w.Weights];
        }
    }
}
