using System.Runtime.ExceptionServices;
using Tessera.Gguf;
using Tessera.Quantization;

namespace Tessera.Compute;

/// <summary>Goes through all values of a tensor, row by row, with all processors.</summary>
internal static unsafe class DequantizedRows
{
    /// <summary>Values that a thread looks at before it takes the next ones, about.</summary>
    private const int ValuesAtOnce = 1 << 18;

    /// <summary>What is done with a row.</summary>
    public delegate void Look<T>(T seen, long row, ReadOnlySpan<float> values);

    /// <summary>Lets threads look at rows, each with a result of its own, and joins the results one by one.</summary>
    /// <exception cref="TesseraException">The format's plugin fails.</exception>
    public static void ForEach<T>(GgufTensor tensor, IQuantFormat format, Func<T> create, Look<T> look, Action<T> join, CancellationToken cancellationToken)
    {
        try
        {
            LookInParallel(tensor, format, create, look, join, cancellationToken);
        }
        catch (AggregateException e) when (e.InnerExceptions[0] is TesseraException)
        {
            // Of several threads' errors the first is told.
            ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }
    }

    private static void LookInParallel<T>(
        GgufTensor tensor, IQuantFormat format, Func<T> create, Look<T> look, Action<T> join, CancellationToken cancellationToken)
    {
        int columns = checked((int)tensor.Dimensions[0]);
        long rows = tensor.Elements / columns;
        long rowBytes = tensor.ByteLength(format.Block) / rows;
        byte* data = tensor.File.DataOf(tensor);
        int rowsAtOnce = Math.Max(1, ValuesAtOnce / columns);
        var joining = new Lock();
        Parallel.For(
            0,
            (rows + rowsAtOnce - 1) / rowsAtOnce,
            new ParallelOptions { CancellationToken = cancellationToken },
            () => (Seen: create(), Values: new float[columns]),
            (piece, _, local) =>
            {
                for (long row = piece * rowsAtOnce; row < Math.Min(rows, (piece + 1) * rowsAtOnce); row++)
                {
                    format.Dequantize(new ReadOnlySpan<byte>(data + (row * rowBytes), checked((int)rowBytes)), local.Values);
                    look(local.Seen, row, local.Values);
                }

                return local;
            },
            local =>
            {
                lock (joining)
                {
                    join(local.Seen);
                }
            });
    }
}
