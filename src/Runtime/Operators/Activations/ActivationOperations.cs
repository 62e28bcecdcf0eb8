using Tessera.Architectures;

namespace Tessera.Runtime.Operators.Activations;

/// <summary>The operations of a forward pass for each function.</summary>
internal sealed class ActivationOperations
{
    private readonly (IUnaryOperation Map, IBinaryOperation Gate)[] _operations;

    public ActivationOperations()
    {
        _operations = new (IUnaryOperation, IBinaryOperation)[Enum.GetValues<Activation>().Length];
        Add<Silu>(Activation.Silu);
        Add<Gelu>(Activation.Gelu);
        Add<GeluTanh>(Activation.GeluTanh);
        Add<GeluQuick>(Activation.GeluQuick);
        Add<Relu>(Activation.Relu);
        Add<ReluSquared>(Activation.ReluSquared);
        Add<Sigmoid>(Activation.Sigmoid);
        Add<Tanh>(Activation.Tanh);
        Add<Softplus>(Activation.Softplus);
    }

    public IUnaryOperation Map(Activation f) => Of(f).Map;

    public IBinaryOperation Gate(Activation f) => Of(f).Gate;

    private (IUnaryOperation Map, IBinaryOperation Gate) Of(Activation f) =>
        (uint)f < (uint)_operations.Length ? _operations[(int)f] : throw new ArgumentOutOfRangeException(nameof(f), f, "there is no such function");

    private void Add<TActivation>(Activation f)
        where TActivation : struct, IActivation => _operations[(int)f] = (new ActivationMap<TActivation>(), new ElementWise<GatedBy<TActivation>>());
}
