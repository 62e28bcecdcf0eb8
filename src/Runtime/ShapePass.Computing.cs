using Tessera.Architectures;
using Tessera.Runtime.Experts;
using Tessera.Runtime.Memory;
using Tessera.Runtime.State;

namespace Tessera.Runtime;

/// <content>What computes fills these in.</content>
internal partial class ShapePass
{
    /// <summary>The first of the wanted rows, where they follow each other.</summary>
    protected virtual int? WantedRun => Tokens - WantedTokens;

    protected virtual void ComputeEmbed(Embedding table, ActivationRows y)
    {
    }

    protected virtual void ComputeEmbedPositions(Embedding table, ActivationRows y)
    {
    }

    protected virtual void ComputeWanted(ActivationRows x, ActivationRows y)
    {
    }

    protected virtual void ComputeNorm(ActivationRows x, Norm norm, int groupLength, ActivationRows y)
    {
    }

    protected virtual void ComputeRotate(ActivationRows x, int headLength, RotaryEmbedding rotary)
    {
    }

    protected virtual void ComputeRemember(ActivationRows k, ActivationRows v, CacheState cache)
    {
    }

    protected virtual void ComputeAttend(ActivationRows q, CacheState cache, AttentionRule rule, ActivationRows y)
    {
    }

    protected virtual void ComputeGate(Activation f, ActivationRows gate, ActivationRows up)
    {
    }

    protected virtual void ComputeApply(Activation f, ActivationRows x)
    {
    }

    protected virtual void ComputeAdd(ActivationRows x, ActivationRows y)
    {
    }

    protected virtual void ComputeMultiply(ActivationRows x, ActivationRows y)
    {
    }

    protected virtual void ComputeMultiply(ActivationRows x, Vector w)
    {
    }

    protected virtual void ComputeScale(ActivationRows x, float factor)
    {
    }

    protected virtual void ComputeShift(ActivationRows x, float addend)
    {
    }

    protected virtual void ComputeClamp(ActivationRows x, float least, float largest)
    {
    }

    protected virtual void ComputeXielu(ActivationRows x, float alphaP, float alphaN, float beta, float epsilon)
    {
    }

    protected virtual void ComputeCopy(ActivationRows from, int fromFirst, int fromLength, ActivationRows to, int toFirst, int toLength, int count)
    {
    }

    /// <summary>Forgets products that were added and not computed.</summary>
    protected virtual void BeginProducts()
    {
    }

    /// <summary>Adds a product to those that are computed together.</summary>
    protected virtual void AddProduct(Linear w, ActivationRows y)
    {
    }

    /// <summary>Adds products with the matrices of experts to those that are computed together.</summary>
    /// <param name="w">The matrices.</param>
    /// <param name="routing">Whose tokens.</param>
    /// <param name="shared">Whether the input is one token, of all experts; otherwise it has the routing's rows.</param>
    /// <param name="y">The routing's rows.</param>
    protected virtual void AddProducts(LinearStack w, ExpertRouting routing, bool shared, ActivationRows y)
    {
    }

    /// <summary>Computes the products that were added.</summary>
    protected virtual void ComputeProducts(ActivationRows x)
    {
    }

    /// <summary>Chooses experts. Without scores, tokens go to experts in turn.</summary>
    protected virtual ExpertRouting ComputeRoute(ActivationRows scores, RoutingRule rule)
    {
        var routing = new ExpertRouting(scores.Columns, scores.Rows * rule.Chosen) { Tokens = scores.Rows, Chosen = rule.Chosen };
        for (int token = 0; token < scores.Rows; token++)
        {
            for (int rank = 0; rank < rule.Chosen; rank++)
            {
                routing.ExpertsOf(token)[rank] = (int)((((long)token * rule.Chosen) + rank) % scores.Columns);
            }
        }

        routing.Arrange();
        return routing;
    }

    protected virtual void ComputeGather(ActivationRows x, ExpertRouting routing, ActivationRows y)
    {
    }

    protected virtual void ComputeCombine(ActivationRows x, ExpertRouting routing, ActivationRows y)
    {
    }
}
