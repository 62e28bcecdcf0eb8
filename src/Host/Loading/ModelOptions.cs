using Tessera.Numerics;
using Tessera.Runtime.Processor;
using Tessera.Runtime.Threads;

namespace Tessera.Loading;

/// <summary>How a model is loaded.</summary>
public sealed record ModelOptions
{
    /// <summary>The numerics contract, <see cref="NumericsMode.Fast"/> by default.</summary>
    public NumericsMode Numerics { get; init; } = NumericsMode.Fast;

    /// <summary>Threads that compute fastest here: one for each core, fewer where the process has less time than that.</summary>
    public static int BestThreads => ProcessorTopology.OfMachine().BestThreads;

    /// <summary>Threads to compute with; 0 takes one for each core.</summary>
    public int Threads { get; init; }

    /// <summary>Whether each thread keeps to a core of its own, the caller's while it computes. Linux only.</summary>
    public bool PinThreads { get; init; }

    /// <summary>
    /// Whether, on a machine with several nodes of memory (NUMA), threads are distributed over the nodes and each node holds the packed rows that its
    /// threads multiply with. Linux only.
    /// </summary>
    public bool Numa { get; init; }

    /// <exception cref="TesseraException">Threads cannot be placed on this system.</exception>
    internal ThreadPlacement Placement
    {
        get
        {
            int threads = Threads > 0 ? Threads : BestThreads;
            return !PinThreads && !Numa ? ThreadPlacement.Anywhere(threads)
                : OperatingSystem.IsLinux() ? ThreadPlacement.On(ProcessorTopology.OfMachine(), threads, PinThreads, Numa)
                : throw new TesseraException("Threads can be placed on cores and nodes (--pin, --numa) on Linux only.");
        }
    }

    /// <summary>
    /// The tokenizer to use in place of what <c>tokenizer.ggml.model</c> names: another value of that key, or the path of a tokenizer's own file
    /// (<c>tokenizer.json</c>, <c>tokenizer.model</c>) that a plugin reads.
    /// </summary>
    public string? Tokenizer { get; init; }

    /// <summary>The pre-tokenizer to use in place of what <c>tokenizer.ggml.pre</c> names.</summary>
    public string? PreTokenizer { get; init; }

    /// <summary>
    /// Whether weights are copied into the layout that kernels read fastest. Without it loading is instant and the file stays mapped, at lower speed.
    /// </summary>
    public bool Repack { get; init; } = true;

    /// <summary>
    /// Whether the file stays mapped. Without it the whole file is read into memory: loading takes longer and more memory, and nothing that happens to the file
    /// later matters.
    /// </summary>
    public bool Map { get; init; } = true;

    /// <summary>
    /// Bytes that the keys and values of all texts may take together; null for as much memory as there is. A text that needs more is refused.
    /// </summary>
    public long? CacheLimit { get; init; }

    /// <summary>Whether kernels may be assembled at run time, where the processor has instructions that .NET has no intrinsics for.</summary>
    public bool EmitCode { get; init; } = true;

    /// <summary>The best instruction set that kernels may use; what the processor has by default.</summary>
    public SimdLevel Simd { get; init; } = ProcessorFeatures.BestSimd;

    /// <summary>Sees the input of every product, with the tensor's name; null for nobody.</summary>
    internal Action<string, ActivationBatch>? Observer { get; init; }
}
