using System.Runtime.ExceptionServices;
using Tessera.Gguf;
using Tessera.Quantization;

namespace Tessera.Workbench.Tensors;

/// <summary>
/// Goes through all values of a tensor, row by row, with all processors. What a thread needs of memory does not depend on the length of rows.
/// </summary>
internal static unsafe class DequantizedRows
{
    /// <summary>Values that are dequantized at once, and that a thread looks at before it takes the next ones, about.</summary>
    private const int ValuesAtOnce = 1 << 18;

    /// <summary>What is done with a row, or a part of one; a row's parts come one after the other.</summary>
    public delegate void Look<T>(T seen, long row, long column, ReadOnlySpan<float> values);

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
        BlockGeometry block = format.Block;
        long columns = tensor.Dimensions[0];
        long rows = tensor.Elements / columns;
        long rowBytes = tensor.ByteLength(block) / rows;
        byte* data = tensor.File.DataOf(tensor);
        int columnsAtOnce = (int)Math.Min(columns, Math.Max(1, ValuesAtOnce / block.Elements) * (long)block.Elements);
        long rowsAtOnce = Math.Max(1, ValuesAtOnce / columns);
        var joining = new Lock();
        Parallel.For(
            0,
            (rows + rowsAtOnce - 1) / rowsAtOnce,
            new ParallelOptions { CancellationToken = cancellationToken },
            () => (Seen: create(), Values: new float[columnsAtOnce]),
            (piece, _, local) =>
            {
                for (long row = piece * rowsAtOnce; row < Math.Min(rows, (piece + 1) * rowsAtOnce); row++)
                {
                    byte* blocks = data + (row * rowBytes);
                    for (long column = 0; column < columns; column += columnsAtOnce)
                    {
                        cancellationToken.ThrowIfCancellationRequested();
                        Span<float> values = local.Values.AsSpan(0, (int)Math.Min(columnsAtOnce, columns - column));
                        int bytes = checked(values.Length / block.Elements * block.Bytes);
                        format.Dequantize(new ReadOnlySpan<byte>(blocks, bytes), values);
                        look(local.Seen, row, column, values);
                        blocks += bytes;
                    }
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
