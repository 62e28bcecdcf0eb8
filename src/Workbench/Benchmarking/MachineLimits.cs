using System.Diagnostics;
using Tessera.Generation;
using Tessera.Numerics;
using Tessera.Runtime.Threads;

namespace Tessera.Workbench.Benchmarking;

/// <summary>
/// Measures what no engine can exceed on this machine, with a model's own threads: how fast memory is read, and how fast the instruction
/// that a matrix product consists of can be issued. A measurement takes about a tenth of a second; the model must not be computing meanwhile.
/// </summary>
public sealed class MachineLimits : IDisposable
{
    private const int BandwidthPasses = 3;
    private const int LoopsPerThread = 32;
    private static readonly TimeSpan s_peakTime = TimeSpan.FromMilliseconds(100);

    private readonly MemoryRead _read;

    /// <summary>Reserves 1 GiB to read, which becomes resident with the first measurement.</summary>
    public MachineLimits()
        : this(1L << 30)
    {
    }

    internal MachineLimits(long bytes) => _read = new MemoryRead(bytes);

    /// <summary>Bytes of memory that measuring the read bandwidth has made resident.</summary>
    public long ResidentBytes => _read.IsTouched ? _read.Bytes : 0;

    /// <summary>What multiplies and adds: the instructions that kernels for this processor are made of.</summary>
    /// <param name="model">The model, which may do without assembled kernels.</param>
    /// <param name="activations">The activations' encoding.</param>
    public static string InstructionFor(LanguageModel model, ActivationParts activations)
    {
        ArgumentNullException.ThrowIfNull(model);
        return MultiplyAddLoop.For(activations, model.MachineCode).Name;
    }

    /// <summary>Reads memory that no cache holds, with all of a model's threads.</summary>
    /// <returns>Bytes per second.</returns>
    public double MeasureReadBandwidth(LanguageModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return MeasureReadBandwidth(model.Pool);
    }

    /// <summary>Multiplies and adds out of registers and the first cache, with all of a model's threads.</summary>
    /// <param name="model">The model.</param>
    /// <param name="activations">The activations' encoding, which decides on the instruction.</param>
    /// <returns>Multiply-adds per second, of all threads together.</returns>
    public static double MeasureMultiplyAdds(LanguageModel model, ActivationParts activations)
    {
        ArgumentNullException.ThrowIfNull(model);
        return MeasureMultiplyAdds(model.Pool, MultiplyAddLoop.For(activations, model.MachineCode), s_peakTime);
    }

    /// <summary>Frees the memory.</summary>
    public void Dispose() => _read.Dispose();

    internal double MeasureReadBandwidth(WorkerPool pool)
    {
        using (pool.Enter())
        {
            _read.Touch(pool);
            long start = Stopwatch.GetTimestamp();
            for (int i = 0; i < BandwidthPasses; i++)
            {
                pool.Run(_read, _read.Items);
            }

            return BandwidthPasses * _read.Bytes / Stopwatch.GetElapsedTime(start).TotalSeconds;
        }
    }

    internal static double MeasureMultiplyAdds(WorkerPool pool, MultiplyAddLoop loop, TimeSpan time)
    {
        int items = pool.Threads * LoopsPerThread;
        using (pool.Enter())
        {
            pool.Run(loop, pool.Threads);
            long done = 0;
            long start = Stopwatch.GetTimestamp();
            TimeSpan elapsed;
            do
            {
                pool.Run(loop, items);
                done += items;
                elapsed = Stopwatch.GetElapsedTime(start);
            }
            while (elapsed < time);

            return done * loop.MultiplyAddsPerItem / elapsed.TotalSeconds;
        }
    }
}
