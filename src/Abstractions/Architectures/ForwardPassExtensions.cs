namespace Tessera.Architectures;

/// <summary>What can be said with other operators.</summary>
public static class ForwardPassExtensions
{
    /// <summary><c>W x + b</c>: [T, inputs] to [T, outputs].</summary>
    public static Tensor MatMul(this IForwardPass pass, Tensor x, Linear w)
    {
        Tensor y = default;
        pass.MatMul(x, [w], new Span<Tensor>(ref y));
        return y;
    }

    /// <summary>Two products of the same input.</summary>
    public static (Tensor A, Tensor B) MatMul(this IForwardPass pass, Tensor x, Linear a, Linear b)
    {
        Span<Tensor> y = [default, default];
        pass.MatMul(x, [a, b], y);
        return (y[0], y[1]);
    }

    /// <summary>Three products of the same input.</summary>
    public static (Tensor A, Tensor B, Tensor C) MatMul(this IForwardPass pass, Tensor x, Linear a, Linear b, Linear c)
    {
        Span<Tensor> y = [default, default, default];
        pass.MatMul(x, [a, b, c], y);
        return (y[0], y[1], y[2]);
    }

    /// <summary>A product with the matrices of the tokens' experts.</summary>
    public static Tensor MatMulExperts(this IForwardPass pass, Tensor x, Routing routing, LinearStack w)
    {
        Tensor y = default;
        pass.MatMulExperts(x, routing, [w], new Span<Tensor>(ref y));
        return y;
    }

    /// <summary>Two products with the matrices of the tokens' experts.</summary>
    public static (Tensor A, Tensor B) MatMulExperts(this IForwardPass pass, Tensor x, Routing routing, LinearStack a, LinearStack b)
    {
        Span<Tensor> y = [default, default];
        pass.MatMulExperts(x, routing, [a, b], y);
        return (y[0], y[1]);
    }

    /// <summary>Remembers keys and values and attends to all that are there.</summary>
    public static Tensor Attend(this IForwardPass pass, Tensor q, Tensor k, Tensor v, KeyValueState state, AttentionRule rule)
    {
        pass.Remember(k, v, state);
        return pass.Attend(q, state, rule);
    }
}
