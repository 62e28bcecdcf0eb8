using System.Buffers.Binary;

namespace Tessera.Fuzz.Mutation;

/// <summary>Knows nothing of a file but that it is bytes.</summary>
internal sealed class ByteMutator : IMutator
{
    public (byte[] File, string What)? Mutate(byte[] file, Random random)
    {
        if (file.Length == 0)
        {
            return ([(byte)random.Next(256)], "a byte");
        }

        // Half of all changes are near the beginning, where headers are.
        int at = random.Next(2) == 0 ? random.Next(file.Length) : random.Next(Math.Min(file.Length, 256));
        int length = Math.Min(file.Length - at, 1 << random.Next(12));
        return random.Next(9) switch
        {
            0 => (Changed(file, at, [(byte)(file[at] ^ (1 << random.Next(8)))]), $"a bit of byte {at}"),
            1 => (Changed(file, at, [(byte)random.Next(256)]), $"byte {at}"),
            2 or 3 => (Changed(file, at, Integer(random)), $"an integer at {at}"),
            4 => (file[..at], $"cut at {at}"),
            5 => ([.. file[..at], .. file[(at + length)..]], $"{length} bytes at {at} taken out"),
            6 => ([.. file[..(at + length)], .. file[at..]], $"{length} bytes at {at} twice"),
            7 => (Splice(file, at, length, random), $"{length} bytes of elsewhere at {at}"),
            _ => (Noise(file, at, length, random), $"{length} bytes of noise at {at}"),
        };
    }

    private static byte[] Integer(Random random)
    {
        var bytes = new byte[sizeof(ulong)];
        ulong value = Interesting.Integer(random);
        if (random.Next(4) == 0)
        {
            BinaryPrimitives.WriteUInt64BigEndian(bytes, value);
            return bytes[(8 - (1 << random.Next(4)))..];
        }

        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        return bytes[..(1 << random.Next(4))];
    }

    private static byte[] Changed(byte[] file, int at, ReadOnlySpan<byte> bytes)
    {
        byte[] copy = [.. file];
        bytes[..Math.Min(bytes.Length, copy.Length - at)].CopyTo(copy.AsSpan(at));
        return copy;
    }

    private static byte[] Splice(byte[] file, int at, int length, Random random)
    {
        int from = random.Next(file.Length);
        return Changed(file, at, file.AsSpan(from, Math.Min(length, file.Length - from)));
    }

    private static byte[] Noise(byte[] file, int at, int length, Random random)
    {
        var noise = new byte[length];
        random.NextBytes(noise);
        return Changed(file, at, noise);
    }
}
