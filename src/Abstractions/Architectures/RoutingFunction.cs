namespace Tessera.Architectures;

/// <summary>What makes probabilities of the scores of experts.</summary>
public enum RoutingFunction
{
    /// <summary>Softmax over all experts.</summary>
    Softmax,

    /// <summary>The logistic function of each.</summary>
    Sigmoid,

    /// <summary>The scores themselves choose; softmax over the chosen.</summary>
    SoftmaxOfChosen,

    /// <summary><c>sqrt(log(1 + exp(score)))</c>.</summary>
    SqrtSoftplus,
}
