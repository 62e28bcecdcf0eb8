using Tessera.Architectures;

namespace TestPlugins;

internal sealed class MisbehavingModel : IModel
{
    public ModelShape Shape => Fault.Thing("shape", new ModelShape { Vocabulary = 2, ContextLength = 8, Layers = 1, KvHeads = 1, KeyLength = 16, ValueLength = 16 })!;

    public Tensor Forward(IForwardPass pass)
    {
        Fault.At("forward");
        return default;
    }
}
