using FsCheck;
using FsCheck.Fluent;
using Tessera.Runtime.State;

namespace Tessera.Host.Tests.Runtime;

/// <summary>What sequences remember, share, forget and bring back, without a model: a page's contents stand for its tokens.</summary>
public class SequenceTests
{
    private const int Page = PageLayout.Positions;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(255)]
    [InlineData(256)]
    [InlineData(257)]
    [InlineData(700)]
    public void A_page_is_taken_for_every_256_positions(int tokens)
    {
        StatePool pool = PoolOf();
        using Sequence sequence = pool.Create();

        Grow(sequence, tokens);

        Assert.Equal((tokens + Page - 1) / Page * pool.BytesPerPage, pool.Used);
        Assert.Equal(tokens, sequence.Tokens.Count);
    }

    [Fact]
    public void Everything_is_given_back()
    {
        StatePool pool = PoolOf(window: 100, carried: 10);
        Sequence first = pool.Create();
        Grow(first, 900);
        Sequence second = first.Fork();
        Grow(second, 100);
        first.Dispose();
        first.Dispose();
        second.Rewind(300);
        second.Dispose();

        Assert.Equal(0, pool.Used);
    }

    [Fact]
    public void A_fork_shares_whole_pages_and_owns_its_last()
    {
        StatePool pool = PoolOf();
        using Sequence sequence = pool.Create();
        Grow(sequence, 600);

        using Sequence fork = sequence.Fork();

        Assert.Equal(4 * pool.BytesPerPage, pool.Used);
        Assert.Same(sequence.Tables[0][1], fork.Tables[0][1]);
        Assert.NotSame(sequence.Tables[0][2], fork.Tables[0][2]);
        Assert.True(sequence.Tables[0][2].Contents.SequenceEqual(fork.Tables[0][2].Contents));
    }

    [Fact]
    public void A_shared_page_is_copied_before_it_is_written_to()
    {
        StatePool pool = PoolOf();
        using Sequence sequence = pool.Create();
        Grow(sequence, 512);
        using Sequence fork = sequence.Fork();
        byte[] before = sequence.Tables[0][1].Contents.ToArray();

        Assert.Equal(300, fork.Rewind(300));
        fork.Reserve(10);
        fork.Tables[0][1].Contents.Fill(0x55);

        Assert.True(sequence.Tables[0][1].Contents.SequenceEqual(before));
    }

    [Fact]
    public void A_pool_that_is_full_refuses_with_the_numbers_and_leaves_the_sequence_as_it_was()
    {
        StatePool pool = PoolOf(pages: 2);
        using Sequence sequence = pool.Create();
        Grow(sequence, 300);

        TesseraException error = Assert.Throws<TesseraException>(() => sequence.Reserve(300));

        Assert.Contains($"{2 * pool.BytesPerPage}", error.Message, StringComparison.Ordinal);
        Assert.Equal(2 * pool.BytesPerPage, pool.Used);
        sequence.Reserve(212);
    }

    [Theory]
    [InlineData(1000, 950, 950)]
    [InlineData(1000, 868, 868)]
    [InlineData(1000, 867, 0)]
    [InlineData(1000, 300, 0)]
    [InlineData(1000, 0, 0)]
    [InlineData(100, 40, 40)]
    public void A_window_comes_back_as_far_as_it_remembers(int tokens, int position, int landed)
    {
        using Sequence sequence = PoolOf(window: 100).Create();
        Grow(sequence, tokens);

        Assert.Equal(landed, sequence.Rewind(position));
        Assert.Equal(landed, sequence.Tokens.Count);
    }

    [Theory]
    [InlineData(1000, 1000, 1000)]
    [InlineData(1000, 999, 768)]
    [InlineData(1000, 600, 512)]
    [InlineData(1000, 100, 0)]
    public void What_is_carried_comes_back_where_it_was_kept(int tokens, int position, int landed)
    {
        using Sequence sequence = PoolOf(carried: 3).Create();
        Grow(sequence, tokens);

        Assert.Equal(landed, sequence.Rewind(position));
        Assert.Equal([landed, landed, landed], sequence.Carried!.Values.ToArray());
        Assert.Equal(landed, sequence.Carried.Position);
    }

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(700, 0, 0)]
    [InlineData(700, 100, 0)]
    [InlineData(256, 0, 5)]
    [InlineData(900, 300, 5)]
    public void What_was_saved_comes_back_with_its_bits(int tokens, int window, int carried)
    {
        StatePool pool = PoolOf(window: window, carried: carried);
        using Sequence sequence = pool.Create();
        Grow(sequence, tokens);
        var stream = new MemoryStream();

        sequence.SaveTo(stream, TestContext.Current.CancellationToken);
        stream.Position = 0;
        using Sequence restored = pool.Restore(stream, TestContext.Current.CancellationToken);

        Assert.Equal(sequence.Tokens, restored.Tokens);
        Assert.Equal(stream.Length, stream.Position);
        foreach ((PageTable before, PageTable after) in sequence.Tables.Zip(restored.Tables))
        {
            Assert.Equal((before.First, before.Count), (after.First, after.Count));
            for (int page = before.First; page < before.Count; page++)
            {
                Assert.True(before[page].Contents.SequenceEqual(after[page].Contents));
            }
        }

        Assert.Equal(sequence.Carried?.Values.ToArray(), restored.Carried?.Values.ToArray());
    }

    [Fact]
    public void A_text_that_was_taken_back_is_saved_without_what_it_held()
    {
        StatePool pool = PoolOf();
        using Sequence sequence = pool.Create();
        Grow(sequence, 700);
        sequence.Rewind(0);
        var stream = new MemoryStream();

        sequence.SaveTo(stream, TestContext.Current.CancellationToken);
        stream.Position = 0;
        using Sequence restored = pool.Restore(stream, TestContext.Current.CancellationToken);

        Assert.Empty(restored.Tokens);
        Assert.Equal(pool.BytesPerPage, pool.Used);
    }

    [Fact]
    public void What_was_saved_and_damaged_is_refused_and_takes_no_memory()
    {
        StatePool pool = PoolOf(window: 100, carried: 5);
        byte[] saved;
        using (Sequence sequence = pool.Create())
        {
            Grow(sequence, 300);
            var stream = new MemoryStream();
            sequence.SaveTo(stream, TestContext.Current.CancellationToken);
            saved = stream.ToArray();
        }

        int step = Math.Max(1, saved.Length / 200);
        for (int i = 0; i < saved.Length; i += i < 1500 ? 1 : step)
        {
            byte[] damaged = [.. saved];
            damaged[i] ^= 0x80;
            Assert.Throws<TesseraException>(() => pool.Restore(new MemoryStream(damaged), TestContext.Current.CancellationToken));
            Assert.Throws<TesseraException>(() => pool.Restore(new MemoryStream(saved, 0, i), TestContext.Current.CancellationToken));
            Assert.Equal(0, pool.Used);
        }
    }

    [Fact]
    public void What_another_model_saved_is_refused()
    {
        using Sequence sequence = PoolOf().Create();
        var stream = new MemoryStream();
        sequence.SaveTo(stream, TestContext.Current.CancellationToken);
        stream.Position = 0;
        var states = new DeclaredStates();
        states.AddCache(1, 8, 8, 0);
        byte[] other = [1, .. new byte[31]];

        Assert.Contains("another model", Assert.Throws<TesseraException>(
            () => new StatePool(states, KvCacheType.F32, 1 << 20, () => other).Restore(stream, TestContext.Current.CancellationToken)).Message,
            StringComparison.Ordinal);
    }

    /// <remarks>However sequences grow, fork and go back, each page holds what its owner wrote.</remarks>
    [Fact]
    public void Sequences_never_see_each_others_tokens() => Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
    {
        var random = new Random(seed);
        StatePool pool = PoolOf(window: random.Next(2) * random.Next(1, 600));
        List<Sequence> sequences = [pool.Create()];
        List<List<byte>> written = [[]];
        for (int step = 0; step < 30; step++)
        {
            int i = random.Next(sequences.Count);
            switch (random.Next(4))
            {
                case 0:
                    sequences.Add(sequences[i].Fork());
                    written.Add([.. written[i]]);
                    break;
                case 1 when sequences.Count > 1:
                    sequences[i].Dispose();
                    sequences.RemoveAt(i);
                    written.RemoveAt(i);
                    break;
                case 2:
                    int kept = sequences[i].Rewind(random.Next(sequences[i].Tokens.Count + 1));
                    written[i].RemoveRange(kept, written[i].Count - kept);
                    break;
                default:
                    Write(sequences[i], written[i], random.Next(1, 400), (byte)random.Next(1, 256));
                    break;
            }

            for (int s = 0; s < sequences.Count; s++)
            {
                Expect(sequences[s], written[s]);
            }
        }

        sequences.ForEach(sequence => sequence.Dispose());
        Assert.Equal(0, pool.Used);
    }).QuickCheckThrowOnFailure();

    private static StatePool PoolOf(int window = 0, int carried = 0, int pages = 1000)
    {
        var states = new DeclaredStates();
        states.AddCache(1, 8, 8, 0);
        if (window > 0)
        {
            states.AddCache(2, 8, 16, window);
        }

        if (carried > 0)
        {
            states.AddRecurrence(1, carried);
        }

        return new StatePool(states, KvCacheType.F32, pages * new PageLayout(states, KvCacheType.F32).Groups.Sum(group => group.Bytes), () => new byte[32]);
    }

    /// <summary>Adds tokens as a model would, up to borders at most; what is carried counts them.</summary>
    private static void Grow(Sequence sequence, int tokens)
    {
        for (int rest = tokens; rest > 0;)
        {
            int count = Math.Min(rest, sequence.NextBorder);
            sequence.Reserve(count);
            if (sequence.Carried is { } carried)
            {
                foreach (ref float value in carried.Values)
                {
                    value += count;
                }
            }

            sequence.Append(new int[count]);
            rest -= count;
        }
    }

    /// <summary>Writes a byte for each token, at the token's place in each group's pages.</summary>
    private static void Write(Sequence sequence, List<byte> written, int count, byte value)
    {
        sequence.Reserve(count);
        for (int position = written.Count; position < written.Count + count; position++)
        {
            foreach (PageTable table in sequence.Tables)
            {
                table[position / Page].Contents[position % Page] = value;
            }
        }

        sequence.Append(new int[count]);
        written.AddRange(Enumerable.Repeat(value, count));
    }

    private static void Expect(Sequence sequence, List<byte> written)
    {
        Assert.Equal(written.Count, sequence.Tokens.Count);
        foreach (PageTable table in sequence.Tables)
        {
            for (int position = table.First * Page; position < written.Count; position++)
            {
                Assert.Equal(written[position], table[position / Page].Contents[position % Page]);
            }
        }
    }
}
