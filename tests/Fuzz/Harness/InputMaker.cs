using Tessera.Fuzz.Mutation;

namespace Tessera.Fuzz.Harness;

/// <summary>Makes a target's inputs: the same one for the same seed and number, on every machine.</summary>
internal sealed class InputMaker(FuzzTarget target, ulong seed)
{
    private const int MaxSteps = 4;

    private readonly ByteMutator _bytes = new();

    /// <summary>Makes an input: a good file, changed in one to four steps. The first numbers are the good files themselves.</summary>
    /// <param name="index">Its number.</param>
    /// <param name="without">The steps to leave out, as bits; the others do what they would have done.</param>
    public FuzzInput Make(long index, int without = 0)
    {
        if (index < target.Corpus.Count)
        {
            return new FuzzInput(target.Corpus[(int)index], ["nothing changed"]);
        }

        var random = new Random(SeedOf(index, step: 0));
        byte[] file = random.In(target.Corpus);
        var what = new List<string>();
        int steps = 1 + (int)(MaxSteps * Math.Pow(random.NextDouble(), 2));
        for (int step = 1; step <= steps; step++)
        {
            if ((without & (1 << step)) == 0)
            {
                (file, string change) = Change(file, new Random(SeedOf(index, step)));
                what.Add(change);
            }
        }

        return new FuzzInput(file, what);
    }

    private (byte[] File, string What) Change(byte[] file, Random random)
    {
        IMutator mutator = random.Next(4) == 0 || target.Mutators.Count == 0 ? _bytes : random.In(target.Mutators);
        return mutator.Mutate(file, random) ?? _bytes.Mutate(file, random)!.Value;
    }

    private int SeedOf(long index, int step)
    {
        // FNV-1a over everything: hash codes of strings differ from process to process.
        ulong hash = 14695981039346656037;
        foreach (ulong part in target.Name.Select(c => (ulong)c).Append(seed).Append((ulong)index).Append((ulong)step))
        {
            for (int shift = 0; shift < 64; shift += 8)
            {
                hash = (hash ^ ((part >> shift) & 0xFF)) * 1099511628211;
            }
        }

        return (int)(hash >> 33);
    }
}
