using System.Security.Cryptography;
using Tessera.Fuzz.Harness;
using Tessera.Fuzz.Mutation;
using Tessera.Runtime.State;

namespace Tessera.Fuzz.Targets;

/// <summary>A saved sequence, whose checksum agrees whatever was changed: it is restored, forked and taken back.</summary>
internal sealed class SequenceTarget : FuzzTarget
{
    private readonly StatePool _pool = MakePool();

    public override string Name => "sequence";

    public override string Extension => ".seq";

    public override long FixedBytes => 512 << 10;

    public override IReadOnlyList<IMutator> Mutators { get; } = [];

    /// <remarks>It is read from a stream, which has no name that could be told.</remarks>
    public override string? WhatIsWrongWith(Exception refusal) => refusal is TesseraException ? null : base.WhatIsWrongWith(refusal);

    public override void Run(string path)
    {
        byte[] saved = File.ReadAllBytes(path);
        if (saved.Length >= SHA256.HashSizeInBytes)
        {
            SHA256.HashData(saved.AsSpan(0, saved.Length - SHA256.HashSizeInBytes), saved.AsSpan(saved.Length - SHA256.HashSizeInBytes));
        }

        using Sequence sequence = _pool.Restore(new MemoryStream(saved));
        using Sequence fork = sequence.Fork();
        fork.Reserve(10);
        sequence.Rewind(sequence.Tokens.Count / 2);
        sequence.SaveTo(Stream.Null);
    }

    protected override IReadOnlyList<byte[]> MakeCorpus() => [Save(0), Save(5), Save(600)];

    private byte[] Save(int tokens)
    {
        using Sequence sequence = _pool.Create();
        sequence.Reserve(tokens);
        sequence.Append(new int[tokens]);
        var saved = new MemoryStream();
        sequence.SaveTo(saved);
        return saved.ToArray();
    }

    private static StatePool MakePool()
    {
        var states = new DeclaredStates();
        states.AddCache(1, 4, 4, window: 0);
        states.AddCache(1, 4, 4, window: 100);
        states.AddRecurrence(1, 3);
        return new StatePool(states, KvCacheType.F16, 1 << 20, () => new byte[32]);
    }
}
