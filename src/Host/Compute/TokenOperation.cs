namespace Tessera.Compute;

/// <summary>Work that is done for each token of a batch on its own. A single token is not worth waking other threads for.</summary>
internal abstract class TokenOperation : Operation
{
    private int _tokens;

    public sealed override void Execute(int worker, int workers)
    {
        int last = (int)((long)_tokens * (worker + 1) / workers);
        for (int token = (int)((long)_tokens * worker / workers); token < last; token++)
        {
            ExecuteToken(token);
        }
    }

    protected abstract void ExecuteToken(int token);

    protected void Run(WorkerPool pool, int tokens)
    {
        _tokens = tokens;
        if (tokens == 1)
        {
            ExecuteToken(0);
        }
        else if (tokens > 1)
        {
            pool.Run(this);
        }
    }
}
