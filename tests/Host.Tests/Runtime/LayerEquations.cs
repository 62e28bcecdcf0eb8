using Tessera.Architectures;

namespace Tessera.Host.Tests.Runtime;

/// <summary>A model of 16 values per token and 8 tokens: a table, some layers with the same equations, and an output matrix.</summary>
internal sealed class LayerEquations(Embedding table, Linear output, Func<IForwardPass, Tensor, Tensor> layer, int layers = 1) : IModel
{
    public const int Width = 16;
    public const int Vocabulary = 8;

    public ModelShape Shape { get; init; } = new(Vocabulary, Width, layers, ContextLength: 64);

    public Tensor Embed(IForwardPass pass) => pass.Embed(table);

    public Tensor Layer(IForwardPass pass, int number, Tensor x) => layer(pass, x);

    public Tensor Hidden(IForwardPass pass, Tensor x) => x;

    public Tensor Logits(IForwardPass pass, Tensor hidden) => pass.MatMul(hidden, output);
}
