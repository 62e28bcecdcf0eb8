using Tessera.Architectures;
using Tessera.Runtime.Experts;
using Tessera.Runtime.Memory;
using Tessera.Runtime.State;

namespace Tessera.Runtime;

/// <content>The operators.</content>
internal partial class ShapePass
{
    /// <summary>Query heads that may share a KV head; what a thread needs to attend grows with it.</summary>
    private const int MaxSharingHeads = 1024;

    public Tensor Embed(Embedding table)
    {
        Tensor y = Take(Tokens, table.Columns);
        ComputeEmbed(table, Find(y, "the rows"));
        return y;
    }

    public Tensor EmbedPositions(Embedding table)
    {
        Tensor y = Take(Tokens, table.Columns);
        ComputeEmbedPositions(table, Find(y, "the rows"));
        return y;
    }

    public Tensor Wanted(Tensor x)
    {
        ActivationRows values = Find(x, "the rows");
        ExpectTokens(x, "the rows");
        if (!IsLastLayer || WantedTokens == Tokens)
        {
            return x;
        }

        if (WantedRun is int first)
        {
            return _tensors.Add(values.SliceRows(first, WantedTokens));
        }

        Tensor y = Take(WantedTokens, x.Columns);
        ComputeWanted(values, Find(y, "the result"));
        return y;
    }

    public Tensor Norm(Tensor x, Norm norm, int groupLength)
    {
        ActivationRows values = Find(x, "what is normalized");
        int length = groupLength == 0 ? x.Columns : groupLength;
        Expect(length > 0 && x.Columns % length == 0, $"{x.Columns} columns are no groups of {groupLength}");
        Expect((norm.Weight?.Length ?? length) == length, $"a norm of {length} columns has {norm.Weight?.Length} weights");
        Expect((norm.Bias?.Length ?? length) == length, $"a norm of {length} columns has a bias of {norm.Bias?.Length}");
        Tensor y = Take(x.Rows, x.Columns, x);
        ComputeNorm(values, norm, length, Find(y, "the result"));
        return y;
    }

    public void Rotate(Tensor x, int headLength, RotaryEmbedding rotary)
    {
        ActivationRows values = Find(x, "what is rotated");
        ExpectTokens(x, "what is rotated");
        Expect(headLength > 0 && x.Columns % headLength == 0, $"{x.Columns} columns are no heads of {headLength}");
        Expect(rotary.Frequencies.Length <= headLength / 2, $"a head of {headLength} does not have {rotary.Frequencies.Length} pairs");
        ComputeRotate(values, headLength, rotary);
    }

    public void Remember(Tensor k, Tensor v, KeyValueState state)
    {
        CacheState cache = CacheOf(state);
        ActivationRows keys = Find(k, "the keys");
        ActivationRows values = Find(v, "the values");
        Expect(k, Tokens, (long)cache.Heads * cache.KeyLength, "the keys");
        Expect(v, Tokens, (long)cache.Heads * cache.ValueLength, "the values");
        ComputeRemember(keys, values, cache);
    }

    public Tensor Attend(Tensor q, KeyValueState state, AttentionRule rule)
    {
        CacheState cache = CacheOf(state);
        ActivationRows queries = Find(q, "the queries");
        ExpectTokens(q, "the queries");
        (int heads, int rest) = Math.DivRem(q.Columns, cache.KeyLength);
        Expect(heads > 0 && rest == 0 && heads % cache.Heads == 0, $"queries, {Of(q)}, are no heads of {cache.KeyLength} that share {cache.Heads} KV heads");
        Expect(heads / cache.Heads <= MaxSharingHeads, $"{heads / cache.Heads} heads share a KV head, {MaxSharingHeads} may");
        Expect((long)heads * cache.ValueLength <= int.MaxValue, $"{heads} heads with values of {cache.ValueLength} are too many");
        Expect((rule.Sinks?.Length ?? heads) == heads, $"{heads} heads have {rule.Sinks?.Length} sinks");
        Expect((rule.Slopes?.Count ?? heads) == heads, $"{heads} heads have {rule.Slopes?.Count} slopes");
        Expect(rule.Window >= 0 && (cache.Window == 0 || (rule.Window > 0 && rule.Window <= cache.Window)),
            $"a window of {rule.Window} is more than the cache keeps, {cache.Window}");
        Expect(!rule.Chunked || rule.Window > 0, $"a text is cut into pieces of no length");
        Tensor y = Take(q.Rows, heads * cache.ValueLength);
        ComputeAttend(queries, cache, rule, Find(y, "the result"));
        return y;
    }

    public Tensor Gate(Activation f, Tensor gate, Tensor up)
    {
        (ActivationRows a, ActivationRows b) = Alike(gate, up);
        ComputeGate(f, a, b);
        return _tensors.TakeOver(gate);
    }

    public Tensor Apply(Activation f, Tensor x)
    {
        ComputeApply(f, Find(x, "the values"));
        return _tensors.TakeOver(x);
    }

    public Tensor Add(Tensor x, Tensor y)
    {
        (ActivationRows a, ActivationRows b) = Alike(x, y);
        ComputeAdd(a, b);
        return _tensors.TakeOver(x);
    }

    public Tensor Multiply(Tensor x, Tensor y)
    {
        (ActivationRows values, ActivationRows factors) = (Find(x, "the values"), Find(y, "the factors"));
        Expect(x.Rows == y.Rows && y.Columns > 0 && x.Columns % y.Columns == 0, $"{Of(x)} has no groups for factors of {Of(y)}");
        ComputeMultiply(values, factors);
        return _tensors.TakeOver(x);
    }

    public Tensor Multiply(Tensor x, Vector w)
    {
        ActivationRows values = Find(x, "the values");
        Expect(x.Columns == w.Length, $"{x.Columns} columns have {w.Length} weights");
        ComputeMultiply(values, w);
        return _tensors.TakeOver(x);
    }

    public Tensor Scale(Tensor x, float factor)
    {
        ComputeScale(Find(x, "the values"), factor);
        return _tensors.TakeOver(x);
    }

    public Tensor Add(Tensor x, float addend)
    {
        ComputeShift(Find(x, "the values"), addend);
        return _tensors.TakeOver(x);
    }

    public Tensor Clamp(Tensor x, float least, float largest)
    {
        ActivationRows values = Find(x, "the values");
        Expect(least <= largest, $"nothing lies between {least} and {largest}");
        ComputeClamp(values, least, largest);
        return _tensors.TakeOver(x);
    }

    public Tensor Xielu(Tensor x, float alphaP, float alphaN, float beta, float epsilon)
    {
        ComputeXielu(Find(x, "the values"), alphaP, alphaN, beta, epsilon);
        return _tensors.TakeOver(x);
    }

    public Tensor Columns(Tensor x, int first, int count)
    {
        ActivationRows values = Find(x, "the values");
        Expect(first >= 0 && count > 0 && first <= x.Columns - count, $"{x.Columns} columns have no {count} from {first} on");
        return _tensors.Add(values.SliceColumns(first, count), x);
    }

    public Tensor Columns(Tensor x, int first, int count, int groupLength)
    {
        ActivationRows values = Find(x, "the values");
        Expect(groupLength > 0 && x.Columns % groupLength == 0, $"{x.Columns} columns are no groups of {groupLength}");
        Expect(first >= 0 && count > 0 && first <= groupLength - count, $"groups of {groupLength} columns have no {count} from {first} on");
        Tensor y = Take(x.Rows, x.Columns / groupLength * count, x);
        ComputeCopy(values, first, groupLength, Find(y, "the result"), 0, count, count);
        return y;
    }

    public Tensor Join(Tensor x, Tensor y, int groups)
    {
        (ActivationRows a, ActivationRows b) = (Find(x, "the first"), Find(y, "the second"));
        Expect(x.Rows == y.Rows && (long)x.Columns + y.Columns <= int.MaxValue, $"{Of(x)} cannot be joined with {Of(y)}");
        Expect(groups > 0 && x.Columns % groups == 0 && y.Columns % groups == 0, $"{x.Columns} and {y.Columns} columns are not {groups} groups");
        (int first, int second) = (x.Columns / groups, y.Columns / groups);
        Tensor joined = Take(x.Rows, x.Columns + y.Columns, x);
        ActivationRows result = Find(joined, "the result");
        ComputeCopy(a, 0, first, result, 0, first + second, first);
        ComputeCopy(b, 0, second, result, first, first + second, second);
        return joined;
    }

    public void MatMul(Tensor x, ReadOnlySpan<Linear> w, Span<Tensor> y)
    {
        ActivationRows values = Find(x, "the input");
        Expect(w.Length > 0 && w.Length == y.Length, $"{w.Length} matrices have {y.Length} results");
        BeginProducts();
        foreach (Linear linear in w)
        {
            Expect(linear.Inputs == x.Columns, $"'{linear.Name}' takes {linear.Inputs} values, the input is {Of(x)}");
        }

        for (int i = 0; i < w.Length; i++)
        {
            y[i] = Take(x.Rows, w[i].Outputs, x);
            AddProduct(w[i], Find(y[i], "the result"));
        }

        ComputeProducts(values);
    }

    public Routing Route(Tensor scores, RoutingRule rule)
    {
        ActivationRows values = Find(scores, "the scores");
        int experts = scores.Columns;
        Expect(rule.Chosen > 0 && rule.Chosen <= experts, $"{rule.Chosen} of {experts} experts cannot be chosen");
        Expect((long)scores.Rows * rule.Chosen <= int.MaxValue, $"{scores.Rows} tokens cannot have {rule.Chosen} experts each");
        Expect((rule.SelectionBias?.Length ?? experts) == experts, $"{experts} experts have a bias of {rule.SelectionBias?.Length}");
        Expect(rule.Groups > 0 && experts % rule.Groups == 0, $"{experts} experts are not {rule.Groups} groups");
        Expect(rule.ChosenGroups > 0 && rule.ChosenGroups <= rule.Groups, $"{rule.ChosenGroups} of {rule.Groups} groups cannot be chosen");
        Expect(rule.Groups == 1 || rule.Chosen <= experts / rule.Groups * rule.ChosenGroups,
            $"{rule.ChosenGroups} groups of {experts / rule.Groups} do not have {rule.Chosen} experts");
        return ComputeRoute(values, rule);
    }

    public void MatMulExperts(Tensor x, Routing routing, ReadOnlySpan<LinearStack> w, Span<Tensor> y)
    {
        var to = (ExpertRouting)routing;
        ActivationRows values = Find(x, "the input");
        Expect(w.Length > 0 && w.Length == y.Length, $"{w.Length} stacks have {y.Length} results");
        bool byExpert = ReferenceEquals(_tensors.RoutingOf(x), to);
        Expect(x.Rows == (byExpert ? to.Rows : to.Tokens), $"the input, {Of(x)}, is not of the {to.Tokens} tokens that were routed");
        BeginProducts();
        foreach (LinearStack stack in w)
        {
            Expect(stack.Inputs == x.Columns, $"'{stack.Name}' takes {stack.Inputs} values, the input is {Of(x)}");
            Expect(stack.Count == to.Experts, $"'{stack.Name}' has {stack.Count} matrices for {to.Experts} experts");
        }

        // A single token is the input of all its experts; of more, each expert needs its own together.
        bool shared = !byExpert && x.Rows == 1;
        if (!byExpert && !shared)
        {
            ActivationRows gathered = _arena.Take(to.Rows, x.Columns);
            ComputeGather(values, to, gathered);
            values = gathered;
        }

        for (int i = 0; i < w.Length; i++)
        {
            y[i] = _tensors.Add(_arena.Take(to.Rows, w[i].Outputs), to);
            AddProducts(w[i], to, shared, Find(y[i], "the result"));
        }

        ComputeProducts(values);
    }

    public Tensor Combine(Tensor y, Routing routing)
    {
        var from = (ExpertRouting)routing;
        ActivationRows values = Find(y, "the experts' results");
        Expect(ReferenceEquals(_tensors.RoutingOf(y), from), $"the experts' results, {Of(y)}, are not of the routing");
        Tensor sum = Take(from.Tokens, y.Columns);
        ComputeCombine(values, from, Find(sum, "the sum"));
        return sum;
    }

    public virtual void Node(string name, Tensor value)
    {
    }

    private (ActivationRows X, ActivationRows Y) Alike(Tensor x, Tensor y)
    {
        Expect(x.Rows == y.Rows && x.Columns == y.Columns, $"{Of(x)} does not go with {Of(y)}");
        return (Find(x, "the first"), Find(y, "the second"));
    }

    private CacheState CacheOf(KeyValueState state)
    {
        var cache = (CacheState)state;
        Expect(cache.Index < states.Caches.Count && ReferenceEquals(states.Caches[cache.Index], cache), $"the cache is another model's");
        return cache;
    }
}
