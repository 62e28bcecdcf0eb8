namespace Tessera.Fuzz.Harness;

/// <summary>
/// Takes away from a failing input what it does not need to fail: steps of its making first, then stretches of bytes, each half as long as those before.
/// </summary>
/// <param name="inputs">Made the input.</param>
/// <param name="index">The input's number.</param>
/// <param name="fails">Whether a file fails in the same way.</param>
/// <param name="tries">Files to try at most.</param>
internal sealed class Reducer(InputMaker inputs, long index, Func<byte[], bool> fails, int tries)
{
    private int _tries = tries;

    public FuzzInput Reduce(FuzzInput input)
    {
        FuzzInput smallest = WithoutSteps(input);
        byte[] file = smallest.File;
        for (int length = file.Length / 2; length > 0 && _tries > 0; length /= 2)
        {
            // From the end: what is in front often tells where the rest is.
            for (int at = file.Length - length; at >= 0; at -= length)
            {
                if (at + length <= file.Length && Fails([.. file[..at], .. file[(at + length)..]]) is { } shorter)
                {
                    file = shorter;
                }
            }
        }

        return smallest with { File = file };
    }

    private FuzzInput WithoutSteps(FuzzInput input)
    {
        int without = 0;
        FuzzInput smallest = input;
        for (int step = 1; step <= input.Changes.Count && input.Changes.Count > 1; step++)
        {
            FuzzInput candidate = inputs.Make(index, without | (1 << step));
            if (Fails(candidate.File) is not null)
            {
                without |= 1 << step;
                smallest = candidate;
            }
        }

        return smallest;
    }

    private byte[]? Fails(byte[] file) => --_tries >= 0 && fails(file) ? file : null;
}
