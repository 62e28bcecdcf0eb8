using Tessera.Architectures;

namespace Tessera.Architecture.Llama.Tests;

/// <summary>A model whose rotation takes the other values for pairs: what a port of another architecture's equations easily does.</summary>
internal sealed class WrongPairing(IModel model) : IModel
{
    public ModelShape Shape => model.Shape;

    public Tensor Forward(IForwardPass pass) => model.Forward(new Pass(pass));

    private sealed class Pass(IForwardPass pass) : IForwardPass
    {
        public void BeginLayer(int layer) => pass.BeginLayer(layer);

        public void EndLayers() => pass.EndLayers();

        public Tensor Embed(Embedding table) => pass.Embed(table);

        public Tensor MatMul(Tensor x, Linear w) => pass.MatMul(x, w);

        public (Tensor A, Tensor B) MatMul(Tensor x, Linear a, Linear b) => pass.MatMul(x, a, b);

        public (Tensor A, Tensor B, Tensor C) MatMul(Tensor x, Linear a, Linear b, Linear c) => pass.MatMul(x, a, b, c);

        public Tensor RmsNorm(Tensor x, float[] weight, float epsilon) => pass.RmsNorm(x, weight, epsilon);

        public void Rotate(Tensor x, int headLength, RotaryEmbedding rotary) => pass.Rotate(x, headLength, rotary with
        {
            Pairing = rotary.Pairing == RotaryPairing.Adjacent ? RotaryPairing.Halves : RotaryPairing.Adjacent,
        });

        public Tensor Attention(Tensor q, Tensor k, Tensor v, float scale) => pass.Attention(q, k, v, scale);

        public Tensor SwiGlu(Tensor gate, Tensor up) => pass.SwiGlu(gate, up);

        public Tensor Add(Tensor x, Tensor y) => pass.Add(x, y);

        public Tensor Outputs(Tensor x) => pass.Outputs(x);

        public void Node(string name, Tensor value) => pass.Node(name, value);
    }
}
