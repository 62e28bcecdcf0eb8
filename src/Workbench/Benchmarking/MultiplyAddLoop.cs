using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Tessera.Numerics;
using Tessera.Runtime.Memory;
using Tessera.Runtime.Threads;

namespace Tessera.Workbench.Benchmarking;

/// <summary>
/// A loop of the instructions that a matrix product consists of and, as far as possible, nothing else: eight sums in registers, each of two
/// weight vectors from the first cache multiplied with the same four of activations, which fits sixteen registers. An item is one call of the loop.
/// Another instruction is another class here and a line in <see cref="For"/>.
/// </summary>
internal abstract unsafe class MultiplyAddLoop : Operation
{
    /// <summary>Weight vectors of 64 bytes at most: 4 KiB.</summary>
    protected const int Vectors = 64;

    private const int ProductsPerVector = 4;
    private const int RoundsPerItem = 512;

    private static readonly NativeBuffer s_weights = FilledWeights();
    private long _sink;

    /// <summary>The instructions' names.</summary>
    public abstract string Name { get; }

    /// <summary>Multiplications in an item.</summary>
    public long MultiplyAddsPerItem => (long)RoundsPerItem * Vectors * ProductsPerVector * Lanes;

    /// <summary>Multiplications of one instruction.</summary>
    protected abstract int Lanes { get; }

    /// <summary>The loop of the best instruction that kernels are made of.</summary>
    /// <param name="activations">The activations' encoding.</param>
    /// <param name="machineCode">Where kernels may be assembled, or null.</param>
    public static MultiplyAddLoop For(ActivationParts activations, IMachineCode? machineCode) => activations switch
    {
        ActivationParts.Values when Vector512.IsHardwareAccelerated => new FusedLoop512(),
        ActivationParts.Values => new FusedLoop256(),
        _ when VnniLoop512.TryCreate(machineCode) is VnniLoop512 loop => loop,
        _ when Avx512BW.IsSupported => new ByteLoop512(),
        _ when Avx2.IsSupported => new ByteLoop256(),
        _ => new ByteLoop128(),
    };

    public override void Execute(int item) => Interlocked.Add(ref _sink, Run(s_weights.Data, RoundsPerItem));

    /// <summary>Multiplies every weight vector with each of four, so many times.</summary>
    /// <returns>Something that depends on every result, where a compiler could leave it out.</returns>
    protected abstract long Run(byte* weights, int rounds);

    /// <summary>Small numbers in every format: as bytes 1, as floats 2.4e-38.</summary>
    private static NativeBuffer FilledWeights()
    {
        var weights = new NativeBuffer(Vectors * 64);
        new Span<byte>(weights.Data, Vectors * 64).Fill(1);
        return weights;
    }
}
