using Tessera.Architectures;

namespace TestPlugins;

internal sealed class MisbehavingModel : IModel
{
    public ModelShape Shape => Fault.Thing("shape", new ModelShape(Vocabulary: 2, Width: 16, Layers: 1, ContextLength: 8))!;

    public Tensor Embed(IForwardPass pass) => At("embed");

    public Tensor Layer(IForwardPass pass, int layer, Tensor x) => At("layer");

    public Tensor Hidden(IForwardPass pass, Tensor x) => At("hidden");

    public Tensor Logits(IForwardPass pass, Tensor hidden) => At("logits");

    private static Tensor At(string place)
    {
        Fault.At(place);
        return default;
    }
}
