using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Tessera.Workbench.Quantizing;

/// <summary>
/// Writes a tensor in its new format. Some megabytes at a time, rows are dequantized and quantized on all threads, then written in order: what is in
/// memory does not depend on the tensor's size, and what is written does not depend on the threads.
/// </summary>
/// <param name="threads">Threads to compute with.</param>
/// <param name="report">Hears of weights that are done.</param>
/// <param name="cancellationToken">Stops it.</param>
internal sealed unsafe class TensorQuantizer(int threads, Action<long> report, CancellationToken cancellationToken)
{
    /// <summary>Bytes that are quantized before they are written.</summary>
    private const int BatchBytes = 8 << 20;

    /// <summary>Weights that a thread takes at a time: some milliseconds, so that all threads end together and an interruption is heard.</summary>
    private const int PieceElements = 1 << 15;

    private readonly ParallelOptions _parallel = new() { MaxDegreeOfParallelism = threads, CancellationToken = cancellationToken };
    private byte[] _batch = [];

    /// <exception cref="Gguf.GgufException">A weight is NaN or infinite.</exception>
    public void Write(TensorConversion tensor, Stream stream)
    {
        int rowBytes = checked((int)(tensor.TargetBytes / tensor.Rows));
        int pieceRows = Math.Max(1, PieceElements / tensor.Columns);
        int batchRows = Math.Max(1, BatchBytes / rowBytes / pieceRows) * pieceRows;
        for (long first = 0; first < tensor.Rows; first += batchRows)
        {
            int rows = (int)Math.Min(batchRows, tensor.Rows - first);
            if (_batch.Length < rows * rowBytes)
            {
                _batch = GC.AllocateUninitializedArray<byte>(rows * rowBytes);
            }

            QuantizeBatch(tensor, first, rows, pieceRows, rowBytes);
            stream.Write(_batch, 0, rows * rowBytes);
            report((long)rows * tensor.Columns);
        }

        tensor.Source.File.ReleasePages(tensor.Source, tensor.SourceBytes);
    }

    private void QuantizeBatch(TensorConversion tensor, long firstRow, int rows, int pieceRows, int rowBytes)
    {
        var errors = new SortedList<int, ExceptionDispatchInfo>();
        Parallel.For(0, (rows + pieceRows - 1) / pieceRows, _parallel, () => GC.AllocateUninitializedArray<float>(tensor.Columns), (piece, state, values) =>
        {
            try
            {
                for (int row = piece * pieceRows; row < Math.Min((piece + 1) * pieceRows, rows); row++)
                {
                    QuantizeRow(tensor, firstRow + row, values, _batch.AsSpan(row * rowBytes, rowBytes));
                }
            }
            catch (TesseraException e)
            {
                // All pieces before this one are still computed, so that the error is the first one whatever the threads.
                state.Break();
                lock (errors)
                {
                    errors.Add(piece, ExceptionDispatchInfo.Capture(e));
                }
            }

            return values;
        }, _ => { });
        errors.Values.FirstOrDefault()?.Throw();
    }

    private static void QuantizeRow(TensorConversion tensor, long row, float[] values, Span<byte> blocks)
    {
        int sourceBytes = (int)(tensor.SourceBytes / tensor.Rows);
        var source = new ReadOnlySpan<byte>(tensor.Source.File.DataOf(tensor.Source) + (row * sourceBytes), sourceBytes);
        tensor.Format.Dequantize(source, values);
        int bad = IndexOfNotFinite(values);
        if (bad >= 0)
        {
            throw tensor.Source.Error($"the weight in row {row}, column {bad} is {values[bad]}");
        }

        if (tensor.Quantizer is null)
        {
            source.CopyTo(blocks);
            return;
        }

        ReadOnlySpan<float> importance = tensor.Importance.Span;
        if (tensor.HasImportance)
        {
            importance = importance.Slice(checked((int)(row / tensor.MatrixRows)) * tensor.Columns, tensor.Columns);
        }

        tensor.Quantizer.Quantize(values, importance, blocks);
    }

    private static int IndexOfNotFinite(ReadOnlySpan<float> values)
    {
        ReadOnlySpan<Vector256<float>> vectors = MemoryMarshal.Cast<float, Vector256<float>>(values);
        int i = 0;
        while (i < vectors.Length && Vector256.EqualsAll(vectors[i] - vectors[i], Vector256<float>.Zero))
        {
            i++;
        }

        for (int j = i * Vector256<float>.Count; j < values.Length; j++)
        {
            if (!float.IsFinite(values[j]))
            {
                return j;
            }
        }

        return -1;
    }
}
