using Tessera.Runtime.Memory;

namespace Tessera.Host.Tests.Runtime;

public unsafe class TensorArenaTests
{
    [Fact]
    public void Tensors_do_not_overlap_and_begin_at_cache_lines()
    {
        using var arena = new TensorArena();
        ActivationRows[] tensors = [.. Enumerable.Range(1, 200).Select(i => arena.Take(i, 301))];
        for (int i = 0; i < tensors.Length; i++)
        {
            Assert.Equal(0, (long)tensors[i].Data % 64);
            Assert.Equal(i + 1, tensors[i].Rows);
            Assert.Equal(301, tensors[i].Columns);
            for (int row = 0; row <= i; row++)
            {
                tensors[i].Row(row).Fill(i);
            }
        }

        Assert.All(tensors, (tensor, i) => Assert.True(new ReadOnlySpan<float>(tensor.Data, tensor.Rows * 301).IndexOfAnyExcept(i) < 0));
    }

    [Fact]
    public void Memory_down_to_a_mark_is_used_again()
    {
        using var arena = new TensorArena();
        ActivationRows kept = arena.Take(3, 5);
        kept.Row(2)[4] = 7;
        TensorArena.Mark mark = arena.Top;
        ActivationRows first = arena.Take(10, 10);
        arena.Take(20, 20);

        arena.ReleaseTo(mark);
        ActivationRows second = arena.Take(10, 10);

        Assert.True(first.Data == second.Data);
        Assert.Equal(7, kept.Row(2)[4]);
    }

    [Fact]
    public void Larger_tensors_than_a_chunk_have_their_own_and_are_kept_too()
    {
        using var arena = new TensorArena();
        ActivationRows small = arena.Take(1, 16);
        ActivationRows large = arena.Take(3000, 1000);
        large.Row(2999)[999] = 1;
        ActivationRows after = arena.Take(1, 16);

        arena.ReleaseTo(default);

        Assert.True(small.Data == arena.Take(1, 16).Data);
        Assert.True(large.Data == arena.Take(3000, 1000).Data);
        Assert.True(after.Data == arena.Take(1, 16).Data);
    }

    [Fact]
    public void A_tensor_without_rows_takes_nothing()
    {
        using var arena = new TensorArena();
        ActivationRows none = arena.Take(0, 100);

        Assert.Equal(0, none.Rows);
        Assert.True(none.Data == arena.Take(1, 1).Data);
    }
}
