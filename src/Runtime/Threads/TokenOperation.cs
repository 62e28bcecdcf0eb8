namespace Tessera.Runtime.Threads;

/// <summary>Work that is done for each token of a batch on its own; an item is a run of tokens.</summary>
internal abstract class TokenOperation : Operation
{
    private const int TokensPerItem = 4;

    private int _tokens;

    public sealed override void Execute(int item)
    {
        int last = Math.Min(_tokens, (item + 1) * TokensPerItem);
        for (int token = item * TokensPerItem; token < last; token++)
        {
            ExecuteToken(token);
        }
    }

    protected abstract void ExecuteToken(int token);

    protected void Run(WorkerPool pool, int tokens)
    {
        _tokens = tokens;
        pool.Run(this, (tokens + TokensPerItem - 1) / TokensPerItem);
    }
}
